import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error, signals } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { FORBIDDEN, saysEverything } from '../testing/answers.ts';
import { book, createBookHarness, deliver, results } from '../testing/harness.ts';

const NOT_YET = error(404, 1501);

test('a Detect event without a book that is delivered twice is in the ledger once', async () => {
  const harness = await createBookHarness();
  const { consumers, ocrolus, reader } = harness;
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) ocrolus.says(call, NOT_YET);
  const event = delivery('document.detect.signal_found', { docUuid: 'd' });
  expect(await receive(consumers, [event], { attempts: 3 })).toEqual([]);
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
    ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
  // Another copy, that SQS was sent twice.
  expect(await receive(consumers, [event])).toEqual([]);
  expect(await results(harness)).toEqual(['signals d']);
  const recorded = [...(await reader.events('b')), ...(await reader.events('account'))];
  expect(recorded).toMatchObject([{ outcome: 'waiting', bookId: 'account' }]);
});

test('two copies of it that are processed at the same time are in the ledger once, whichever of them finds the book', async () => {
  const harness = await createBookHarness();
  const { consumers, ocrolus, reader } = harness;
  const event = delivery('document.detect.signal_found', { docUuid: 'd' });
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) ocrolus.says(call, NOT_YET);
  let isFirst = true;
  ocrolus.before = async () => {
    if (!isFirst) return;
    isFirst = false;
    for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
      ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
    expect(await receive(consumers, [event])).toEqual([]);
    for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) ocrolus.says(call, NOT_YET);
  };
  expect(await receive(consumers, [event], { attempts: 3 })).toEqual([]);
  expect(await results(harness)).toEqual(['signals d']);
  const recorded = [...(await reader.events('b')), ...(await reader.events('account'))];
  expect(recorded).toMatchObject([{ outcome: 'applied', bookId: 'account', bookUuid: 'b' }]);
});

test('a Detect event without a book, of a removed account, is finished', async () => {
  const harness = await createBookHarness();
  const { ocrolus, reader } = harness;
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) ocrolus.says(call, NOT_YET);
  const event = delivery('document.detect.signal_found', { docUuid: 'd' }, { account: 'removed' });
  expect(await receive(harness.consumers, [event], { attempts: 3 })).toEqual([]);
  expect(await reader.events('account')).toMatchObject([{ outcome: 'waiting', account: 'removed' }]);
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
    ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
  await harness.live(1);
  expect(await results(harness)).toContain('signals d');
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

test('Detect events without a book cost no calls while the account has no Detect', async () => {
  const harness = await createBookHarness();
  const { consumers, ocrolus, clock } = harness;
  for (let n = 0; n < 25; n += 1) {
    const bookUuid = `o${n}`;
    saysEverything(ocrolus, bookUuid, [`d${n}`]);
    ocrolus.says(calls.bookSignals(bookUuid), FORBIDDEN);
    await deliver(harness, 'BOOK_VERIFIED', { bookUuid });
    await deliver(harness, 'book.detect.signal_found', { bookUuid });
  }
  clock.advance(120);
  const event = delivery('document.detect.signal_found', { docUuid: 'd' }, { receivedAt: clock.iso() });
  expect(await receive(consumers, [event])).toEqual([]);
  expect(ocrolus.count('doc-fraud-signals')).toBe(0);
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
    ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
  for (let n = 0; n < 25; n += 1) saysEverything(ocrolus, `o${n}`, [`d${n}`]);
  saysEverything(ocrolus);
  await harness.live(2);
  expect((await harness.reader.documents('b'))[0]).toMatchObject({ detect: { state: 'COMPLETED' } });
});

test('a Detect event without a book that the poller has kept replaces the stored signals', async () => {
  const harness = await createBookHarness();
  const { clock, consumers, ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) ocrolus.says(call, FORBIDDEN);
  const event = delivery('document.detect.signal_found', { docUuid: 'd' }, { receivedAt: clock.iso() });
  expect(await receive(consumers, [event], { attempts: 3 })).toEqual([]);
  const doc_analysis = [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED', form_analysis: ['new'] }];
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
    ocrolus.says(call, { body: { book_uuid: 'b', doc_analysis } });
  await harness.live(1);
  expect(String(await harness.reader.resultBody('b', 'signals', 'd'))).toContain('new');
});
