import { describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import {
  bookStatus,
  document,
  error,
  FORBIDDEN,
  signals,
  TOO_EARLY,
} from '../../functions/consumers/testing/answers.ts';
import type { ScriptedReply } from '../../functions/consumers/testing/ocrolus.ts';
import { delivery } from '../events/testing/delivery.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

describe('an event that names its book by the pk only', () => {
  const BY_PK = calls.bookStatus({ bookPk: '77' });
  const shows = () => book.answers(BY_PK, bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  const income = () => {
    book.saysIncome();
    return delivery('book.income.generated', { bookPk: '77' });
  };

  test('is stored under its uuid', async () => {
    shows();
    await book.receive([income()]);
    expect(await book.shown()).toMatchObject({ bookUuid: 'b', bookPk: '77', status: 'VERIFYING' });
    expect(await book.reader.results('b')).toMatchObject([{ kind: 'income' }, { kind: 'income' }]);
    expect(await book.ledger('b')).toMatchObject([{ eventName: 'book.income.generated' }]);
    expect(await book.shown('pk-77')).toBeUndefined();
    expect(await book.ledger('pk-77')).toEqual([]);
  });

  // A queue allows 20: some are left for copies, and for functions that die.
  test.each<[string, number, number, longest: [atLeast: number, atMost: number]]>([
    ['', 1, 16, [8, 8]],
    [', and with longer ones if an outage has used up receives', 8, 18, [10, 12]],
  ])('waits with growing pauses for three days to be identified%s', async (_, from, most, longest) => {
    book.answers(BY_PK, error(404, 1401));
    const event = income();
    const start = book.clock.now();
    const waits: number[] = [];
    for (let attempts = from; (await book.receive([event], { attempts })).length > 0; attempts += 1) {
      expect(attempts).toBeLessThan(most);
      const seconds = book.consumers.visibility.get('receipt-0') ?? 0;
      waits.push(seconds);
      book.clock.advance(seconds);
    }
    expect(book.clock.now() - start).toBeGreaterThanOrEqual(2.9 * 86_400_000);
    expect(await book.ledger('pk-77')).toMatchObject([{ outcome: 'refused', reason: '1401' }]);
    if (from === 1) expect(waits.slice(0, 3)).toEqual([3, 15, 900]);
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(longest[0] * 3600);
    expect(Math.max(...waits)).toBeLessThanOrEqual(longest[1] * 3600);
  });

  test.each([
    ['waited', [1, 2], 3],
    ['was redriven from the dead-letter queue, as if received for the first time', [20], 1],
  ])('is in the ledger once, under the uuid, if it %s', async (_, failed, last) => {
    book.answers(BY_PK, new Failure('retry', 'http-503'));
    const event = income();
    for (const attempts of failed) await book.receive([event], { attempts });
    const codes = failed.map(() => 'http-503');
    expect(await book.ledger('pk-77')).toMatchObject([{ outcome: 'retrying', codes }]);
    shows();
    expect(await book.receive([event], { attempts: last })).toEqual([]);
    expect(await book.ledger('pk-77')).toEqual([]);
    expect(await book.ledger('b')).toMatchObject([{ codes, attempts: last }]);
  });
});

test.each(['BOOK_VERIFIED', 'book.income.generated', 'MIDDESK_VERIFIED'])(
  '%s without any id is refused',
  async (eventName) => {
    expect(await book.receive([delivery(eventName, {})])).toEqual([]);
    expect(await book.ledger('account')).toMatchObject([{ outcome: 'refused', reason: 'no-book-id' }]);
    expect(book.ocrolus.asked).toEqual([]);
  },
);

describe('an event of Detect that names its document only', () => {
  const NOT_YET = error(404, 1501);
  const DONE = signals('b', { d: 'COMPLETED' });
  const revision = (revision: number) => ({
    body: {
      revision,
      book_uuid: 'b',
      doc_analysis: [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED' }],
    },
  });
  const says = (reply: ScriptedReply) => {
    for (const call of [calls.documentSignals('d'), calls.partSignals('d')]) book.answers(call, reply);
  };
  const event = (account = 'default') =>
    delivery(
      'document.detect.signal_found',
      { uploadedDocUuid: 'd' },
      { account, receivedAt: book.clock.iso() },
    );
  const ledger = async () =>
    [...(await book.ledger('b')), ...(await book.ledger('account'))].filter(
      ({ source }) => source === 'webhook',
    );

  test('waits until an answer of Detect names the book', async () => {
    says(TOO_EARLY);
    const message = event('removed');
    expect(await book.receive([message], { attempts: 3 })).toEqual(['message-0']);
    expect(book.consumers.visibility.get('receipt-0')).toBe(900);
    expect(await ledger()).toMatchObject([{ outcome: 'retrying', codes: ['1404'] }]);
    says(DONE);
    expect(await book.receive([message], { attempts: 4 })).toEqual([]);
    expect(await book.stored()).toContain('signals d');
    expect(await ledger()).toMatchObject([{ outcome: 'applied', bookUuid: 'b', account: 'removed' }]);
  });

  test.each([
    ['is refused', FORBIDDEN, 'http-403'],
    ['does not name the book', signals(undefined, { d: 'COMPLETED' }), 'no-book-id'],
  ])('is refused after three days in which the answer %s', async (_, reply, code) => {
    says(reply);
    const message = event();
    expect(await book.receive([message], { attempts: 3 })).toEqual(['message-0']);
    book.clock.advance(3 * 86_400);
    expect(await book.receive([message], { attempts: 19 })).toEqual([]);
    expect(await ledger()).toMatchObject([{ outcome: 'refused', reason: code }]);
  });

  test('finds the book by a part of a split upload, and fetches the signals of the book', async () => {
    book.answers(calls.documentSignals('part'), NOT_YET);
    book.answers(calls.partSignals('part'), signals('b', { upload: 'COMPLETED' }));
    book.answers(calls.bookSignals('b'), signals('b', { upload: 'COMPLETED' }));
    book.says('VERIFYING', [document('upload', 'VERIFYING')]);
    await book.receive([delivery('document.detect.signal_found', { docUuid: 'part' })], { attempts: 3 });
    expect(await book.stored()).toEqual(['signals b']);
    expect(await book.reader.documents('b')).toMatchObject([
      { docUuid: 'upload', detect: { state: 'COMPLETED' } },
    ]);
  });

  test('is in the ledger once, if two copies of its message are processed at the same time', async () => {
    says(NOT_YET);
    const message = event();
    book.ocrolus.before = async () => {
      book.ocrolus.before = () => {};
      says(DONE);
      expect(await book.receive([message])).toEqual([]);
      says(NOT_YET);
    };
    expect(await book.receive([message], { attempts: 3 })).toEqual(['message-0']);
    expect(await book.receive([message], { attempts: 4 })).toEqual(['message-0']);
    says(DONE);
    expect(await book.receive([message], { attempts: 5 })).toEqual([]);
    expect(await book.stored()).toContain('signals d');
    expect(await ledger()).toMatchObject([{ outcome: 'applied', bookId: 'account', bookUuid: 'b' }]);
  });

  test('does not take an answer that was asked for before it', async () => {
    await book.deliver('BOOK_VERIFIED');
    says(revision(1));
    const [first, second] = [event(), event()];
    // While the answer for the first event is under way, Detect finds something new; the second event's own call is refused.
    book.during('/v2/detect/document', async () => {
      says(NOT_YET);
      book.clock.advance(10);
      expect(await book.receive([second])).toEqual(['message-0']);
      says(revision(1));
    });
    expect(await book.receive([first])).toEqual([]);
    book.clock.advance(3);
    says(revision(2));
    expect(await book.receive([second], { attempts: 2 })).toEqual([]);
    expect(await book.body('signals', 'd')).toContain('"revision":2');
  });
});
