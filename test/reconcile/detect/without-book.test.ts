import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error, signals } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import type { PollerHarness } from '../../poller/testing/harness.ts';
import { book, createBookHarness, deliver, results } from '../testing/harness.ts';

const CALLS = [calls.documentSignals('d'), calls.partSignals('d')];
const NOT_YET = error(404, 1501);
const revision = (revision: number) => ({
  body: { revision, book_uuid: 'b', doc_analysis: [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED' }] },
});

/** An event that names its document only, of a book with a document \`d\`. */
async function createNameless(account = 'default') {
  const harness = await createBookHarness();
  for (const call of CALLS) harness.ocrolus.says(call, NOT_YET);
  const event = () =>
    delivery(
      'document.detect.signal_found',
      { uploadedDocUuid: 'd' },
      { account, receivedAt: harness.clock.iso() },
    );
  const says = (
    ...replies: Parameters<typeof harness.ocrolus.says> extends [unknown, ...infer R] ? R : never
  ) => {
    for (const call of CALLS) harness.ocrolus.says(call, ...replies);
  };
  return { harness, event, says };
}

const ledger = async ({ reader }: PollerHarness) =>
  [...(await reader.events('b')), ...(await reader.events('account'))].filter(
    ({ source }) => source === 'webhook',
  );

test('two copies of one message that are processed at the same time are in the ledger once', async () => {
  const { harness, event, says } = await createNameless();
  const message = event();
  let isFirst = true;
  harness.ocrolus.before = async () => {
    if (!isFirst) return;
    isFirst = false;
    says(signals('b', { d: 'COMPLETED' }));
    expect(await receive(harness.consumers, [message])).toEqual([]);
    says(NOT_YET);
  };
  expect(await receive(harness.consumers, [message], { attempts: 3 })).toEqual(['message-0']);
  expect(await receive(harness.consumers, [message], { attempts: 4 })).toEqual(['message-0']);
  says(signals('b', { d: 'COMPLETED' }));
  expect(await receive(harness.consumers, [message], { attempts: 5 })).toEqual([]);
  expect(await results(harness)).toContain('signals d');
  expect(await ledger(harness)).toMatchObject([{ outcome: 'applied', bookId: 'account', bookUuid: 'b' }]);
});

test('an event of a removed account finds its book through another one', async () => {
  const { harness, event, says } = await createNameless('removed');
  says(signals('b', { d: 'COMPLETED' }));
  expect(await receive(harness.consumers, [event()])).toEqual([]);
  expect(await results(harness)).toContain('signals d');
  expect(await ledger(harness)).toMatchObject([{ outcome: 'applied', account: 'removed' }]);
});

test('an answer that was asked before an event does not count for it', async () => {
  const { harness, event, says } = await createNameless();
  await deliver(harness, 'BOOK_VERIFIED');
  says(revision(1));
  const [first, second] = [event(), event()];
  // While the answer for the first event is under way, Detect finds something new; the second event's own call is refused.
  harness.ocrolus.before = async (target) => {
    if (!target.startsWith('/v2/detect/document')) return;
    harness.ocrolus.before = () => {};
    says(NOT_YET);
    harness.clock.advance(10);
    expect(await receive(harness.consumers, [second])).toEqual(['message-0']);
    says(revision(1));
  };
  expect(await receive(harness.consumers, [first])).toEqual([]);
  harness.clock.advance(3);
  says(revision(2));
  expect(await receive(harness.consumers, [second], { attempts: 2 })).toEqual([]);
  expect(String(await harness.reader.resultBody('b', 'signals', 'd'))).toContain('"revision":2');
});

test('nothing is requested of a book of another organization, whose pk an event names', async () => {
  const harness = await createBookHarness();
  const event = delivery('book.copy.request_received', { bookPk: '7' });
  expect(await receive(harness.consumers, [event])).toEqual([]);
  await harness.live(2);
  expect(harness.ocrolus.asked).toEqual([]);
  expect(await harness.reader.events('pk-7')).toMatchObject([{ outcome: 'applied' }]);
  expect(await book(harness)).toBeUndefined();
});
