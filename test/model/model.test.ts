import { describe, expect, test } from 'vitest';
import { DESIGN, FLAGS, WITNESSES } from './design.ts';
import { explore, SITUATIONS } from './exhaustive.ts';
import { historiesOf, runHistory } from './histories.ts';
import { FAULTS, SCENARIOS } from './scenarios.ts';

const NAMES = SCENARIOS.map(({ name }) => name);
const KINDS = Object.keys(FAULTS);

function failures(histories: readonly string[]): readonly string[] {
  return histories.filter((history) => runHistory(history).violations.length > 0);
}

describe('the rule', () => {
  test('holds in random histories of every scenario', () => {
    expect(failures(historiesOf(NAMES, KINDS, 3))).toEqual([]);
  });

  test('holds in histories with long pauses, many deaths and copies', () => {
    expect(failures(historiesOf(NAMES, ['targeted'], 9))).toEqual([]);
  });

  test('holds in generated lives of a book', () => {
    expect(failures(historiesOf(['generated'], KINDS, 25))).toEqual([]);
  });

  test.each(SITUATIONS)('holds in schedules of: $name', (situation) => {
    expect(explore({ design: DESIGN, situation, preemptions: 1 }, 250)).toMatchObject({ failed: 0 });
  });

  test.each(FLAGS)('fails in a history without %s, and holds with it', (flag) => {
    expect(runHistory(WITNESSES[flag], [flag]).violations).not.toEqual([]);
    expect(runHistory(WITNESSES[flag]).violations).toEqual([]);
  });
});
