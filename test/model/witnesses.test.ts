import { expect, test } from 'vitest';
import { FLAGS, WITNESSES } from './design.ts';
import { violationsOf } from './witnesses.ts';

test.each(FLAGS)('a history fails without %s, and holds with it', (flag) => {
  expect(violationsOf(WITNESSES[flag], [flag])).not.toEqual([]);
  expect(violationsOf(WITNESSES[flag], [])).toEqual([]);
});
