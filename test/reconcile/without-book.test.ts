import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, signals } from '../consumers/testing/answers.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { FORBIDDEN, saysEverything } from './testing/answers.ts';
import { announce, book, createBookStage, results } from './testing/stage.ts';

const NOT_YET = error(404, 1501);

test('a Detect event without a book that comes twice is in the ledger once', async () => {
  const stage = await createBookStage();
  const { consumers, ocrolus, reader } = stage;
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) ocrolus.says(call, NOT_YET);
  const event = delivery('document.detect.signal_found', { docUuid: 'd' });
  expect(await receive(consumers, [event], { attempts: 3 })).toEqual([]);
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
    ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
  // Another copy, that SQS was sent twice.
  expect(await receive(consumers, [event])).toEqual([]);
  expect(await results(stage)).toEqual(['signals d']);
  const recorded = [...(await reader.events('b')), ...(await reader.events('account'))];
  expect(recorded).toMatchObject([{ outcome: 'waiting', bookId: 'account' }]);
});

test('two copies of it that are processed at the same time are in the ledger once, whichever finds the book', async () => {
  const stage = await createBookStage();
  const { consumers, ocrolus, reader } = stage;
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
  expect(await results(stage)).toEqual(['signals d']);
  const recorded = [...(await reader.events('b')), ...(await reader.events('account'))];
  expect(recorded).toMatchObject([{ outcome: 'applied', bookId: 'account', bookUuid: 'b' }]);
});

test('a Detect event without a book, of an account that has been removed, ends', async () => {
  const stage = await createBookStage();
  const { ocrolus, reader } = stage;
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) ocrolus.says(call, NOT_YET);
  const event = delivery('document.detect.signal_found', { docUuid: 'd' }, { account: 'removed' });
  expect(await receive(stage.consumers, [event], { attempts: 3 })).toEqual([]);
  expect(await reader.events('account')).toMatchObject([{ outcome: 'waiting', account: 'removed' }]);
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
    ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
  await stage.live(1);
  expect(await results(stage)).toContain('signals d');
});

test('nothing is asked about a book that another organization shares, whose pk an event names', async () => {
  const stage = await createBookStage();
  const event = delivery('book.copy.request_received', { bookPk: '7' });
  expect(await receive(stage.consumers, [event])).toEqual([]);
  await stage.live(2);
  expect(stage.ocrolus.asked).toEqual([]);
  expect(await stage.reader.events('pk-7')).toMatchObject([{ outcome: 'applied' }]);
  expect(await book(stage)).toBeUndefined();
});

test('Detect events without a book cost no calls while the account has no Detect', async () => {
  const stage = await createBookStage();
  const { consumers, ocrolus, clock } = stage;
  for (let n = 0; n < 25; n += 1) {
    const bookUuid = `o${n}`;
    saysEverything(ocrolus, bookUuid, [`d${n}`]);
    ocrolus.says(calls.bookSignals(bookUuid), FORBIDDEN);
    await announce(stage, 'BOOK_VERIFIED', { bookUuid });
    await announce(stage, 'book.detect.signal_found', { bookUuid });
  }
  clock.advance(120);
  const event = delivery('document.detect.signal_found', { docUuid: 'd' }, { receivedAt: clock.iso() });
  expect(await receive(consumers, [event])).toEqual([]);
  expect(ocrolus.count('doc-fraud-signals')).toBe(0);
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
    ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
  for (let n = 0; n < 25; n += 1) saysEverything(ocrolus, `o${n}`, [`d${n}`]);
  saysEverything(ocrolus);
  await stage.live(2);
  expect((await stage.reader.documents('b'))[0]).toMatchObject({ detect: { state: 'COMPLETED' } });
});

test('a Detect event without a book, which the poller has kept, replaces the signals that are stored', async () => {
  const stage = await createBookStage();
  const { clock, consumers, ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) ocrolus.says(call, FORBIDDEN);
  const event = delivery('document.detect.signal_found', { docUuid: 'd' }, { receivedAt: clock.iso() });
  expect(await receive(consumers, [event], { attempts: 3 })).toEqual([]);
  const doc_analysis = [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED', form_analysis: ['new'] }];
  for (const call of [calls.documentSignals('d'), calls.partSignals('d')])
    ocrolus.says(call, { body: { book_uuid: 'b', doc_analysis } });
  await stage.live(1);
  expect(String(await stage.reader.resultBody('b', 'signals', 'd'))).toContain('new');
});
