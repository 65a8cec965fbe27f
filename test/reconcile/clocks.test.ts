import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error } from '../consumers/testing/answers.ts';
import { createStage, delivery, receive } from '../consumers/testing/stage.ts';
import { createClock } from '../store/testing/clock.ts';
import { document, saysAnalytics, saysEverything, saysStatus } from './testing/answers.ts';
import { announce, book, createBookStage, deliver, results } from './testing/stage.ts';

/** The clocks of the Lambdas differ by seconds. */
test('what a consumer with a fast clock was refused just before the book was verified', async () => {
  const stage = await createBookStage();
  const { clock, ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  await announce(stage, 'document.upload_succeeded');
  await stage.liveHours(1);
  const ahead = createClock();
  ahead.advance((clock.now() - ahead.now()) / 1000 + 4);
  const fast = createStage(stage.table, { clock: ahead, bodies: stage.consumers.bodies });
  saysStatus(fast.ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  const ofBook = [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')];
  for (const call of ofBook) fast.ocrolus.says(call, error(404, 9006));
  const event = delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  await receive(fast, [event]);
  // A second later the book is verified.
  clock.advance(1);
  saysEverything(ocrolus);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(3);
  expect(await results(stage)).toContain('summary b');
});

test('analytics of the old documents, asked for by a fast clock just before the book is verified again', async () => {
  const stage = await createBookStage({}, ['d', 'e']);
  const { clock, ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await deliver(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  await deliver(stage, 'document.upload_succeeded');
  await stage.liveHours(1);
  const ahead = createClock();
  ahead.advance((clock.now() - ahead.now()) / 1000 + 4);
  const fast = createStage(stage.table, { clock: ahead, bodies: stage.consumers.bodies });
  saysEverything(fast.ocrolus, 'b', ['d', 'e']);
  saysStatus(fast.ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  // A late copy of the first generation's event.
  await receive(fast, [
    delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt: clock.iso() }),
  ]);
  clock.advance(1);
  saysEverything(ocrolus, 'b', ['d', 'e']);
  saysAnalytics(ocrolus, 'b', 2);
  await deliver(stage, 'BOOK_VERIFIED');
  await stage.live(4);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(String(await stage.reader.resultBody('b', 'summary'))).toContain('2');
});
