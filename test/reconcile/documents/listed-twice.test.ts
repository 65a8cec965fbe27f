import { expect, test } from 'vitest';
import { document, saysStatus } from '../testing/answers.ts';
import { book, createBookHarness, deliver, results } from '../testing/harness.ts';

test.each([
  ['first', [document('d'), document('d', 'REJECTED')]],
  ['last', [document('d', 'REJECTED'), document('d')]],
])('the same uuid twice in Book status: the one with results wins, listed %s', async (_, docs) => {
  const harness = await createBookHarness();
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', docs);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await results(harness)).toContain('forms d');
  expect(await book(harness)).toMatchObject({ complete: true, documents: { VERIFICATION_COMPLETE: 1 } });
  // Neither of the two looks like news of the other.
  const asked = harness.ocrolus.count('doc-form-data');
  await harness.live(10);
  expect(harness.ocrolus.count('doc-form-data')).toBe(asked);
  expect(await book(harness)).toMatchObject({ generation: 1 });
});
