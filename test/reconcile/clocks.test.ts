import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error } from '../consumers/testing/answers.ts';
import { createHarness, receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createClock } from '../store/testing/clock.ts';
import { document, saysAnalytics, saysEverything, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver, deliverUntilDone, results } from './testing/harness.ts';

/** The clocks of the Lambdas differ by seconds. */
test('a refusal that a consumer with a fast clock got just before the book was verified', async () => {
  const harness = await createBookHarness();
  const { clock, ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(1);
  const ahead = createClock();
  ahead.advance((clock.now() - ahead.now()) / 1000 + 4);
  const fast = createHarness(harness.table, { clock: ahead, bodies: harness.consumers.bodies });
  saysStatus(fast.ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  const ofBook = [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')];
  for (const call of ofBook) fast.ocrolus.says(call, error(404, 9006));
  const event = delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  await receive(fast, [event]);
  // A second later the book is verified.
  clock.advance(1);
  saysEverything(ocrolus);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(3);
  expect(await results(harness)).toContain('summary b');
});

test('analytics of the old documents, requested by a consumer with a fast clock just before the book is verified again', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { clock, ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  await deliverUntilDone(harness, 'document.upload_succeeded');
  await harness.liveHours(1);
  const ahead = createClock();
  ahead.advance((clock.now() - ahead.now()) / 1000 + 4);
  const fast = createHarness(harness.table, { clock: ahead, bodies: harness.consumers.bodies });
  saysEverything(fast.ocrolus, 'b', ['d', 'e']);
  saysStatus(fast.ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  // A late copy of the first generation's event.
  await receive(fast, [
    delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt: clock.iso() }),
  ]);
  clock.advance(1);
  saysEverything(ocrolus, 'b', ['d', 'e']);
  saysAnalytics(ocrolus, 'b', 2);
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(4);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(String(await harness.reader.resultBody('b', 'summary'))).toContain('2');
});
