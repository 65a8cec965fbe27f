import { expect, test } from 'vitest';
import { historiesOf, runHistory } from './histories.ts';
import { FAULTS, SCENARIOS } from './scenarios.ts';

const NAMES = SCENARIOS.map(({ name }) => name);
const KINDS = Object.keys(FAULTS);

test.each([
  ['random histories of every scenario', historiesOf(NAMES, KINDS, 4)],
  ['histories with long pauses, many deaths and copies', historiesOf(NAMES, ['targeted'], 24)],
  ['generated lives of a book', historiesOf(['generated'], KINDS, 40)],
])('the rule holds in %s', (_, histories) => {
  expect(histories.filter((history) => runHistory(history).violations.length > 0)).toEqual([]);
});
