import { beforeEach, describe, expect, test } from 'vitest';
import type { Payload } from '../../../../shared/events/envelope.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document, error, signals, TOO_EARLY } from '../testing/answers.ts';
import { look } from '../testing/harness.ts';

const book = useBook();

const D = { uploadedDocUuid: 'd' };
const FOUND = 'document.detect.signal_found';
const [ofD, ofPart, ofBook] = [calls.documentSignals('d'), calls.partSignals('d'), calls.bookSignals('b')];
const stateOf = async (docUuid: string) => (await book.document(docUuid))?.detect?.state;
const missing = async () =>
  (await book.reader.missing('b')).map(({ subject, state, code }) => `${subject} ${state} ${code}`);

/** An active book and its documents, which are stored. */
beforeEach(async () => {
  book.says('VERIFYING', [document('d', 'VERIFYING'), document('e', 'VERIFYING')]);
  await book.deliver('document.upload_succeeded');
  book.ocrolus.asked.splice(0);
});

describe('an event that names a part of a split upload, or no document', () => {
  test.each([{ docUuid: 'part' }, {}])('has the signals of its book fetched: %j', async (ids) => {
    book.answers(ofBook, signals('b', { d: 'COMPLETED', part: 'COMPLETED' }));
    expect(await book.deliver(FOUND, ids, { attempts: 3 })).toEqual([]);
    expect(await book.stored()).toEqual(['signals b']);
    expect(await stateOf('d')).toBe('COMPLETED');
    // A document without a status is not created.
    expect(await book.document('part')).toBeUndefined();
  });

  test.each([{ mixedDocUuid: 'm' }, { uploadedDocUuid: 'm' }])(
    'but the PDF that was split, has the signals of its book fetched: %j',
    async (ids) => {
      book.says('VERIFYING', [document('d', 'VERIFYING')], { mixed_docs: [document('m', 'COMPLETED')] });
      await book.deliver('document.upload_succeeded');
      book.ocrolus.asked.splice(0);
      book.answers(ofBook, signals('b', { d: 'COMPLETED' }));
      expect(await book.deliver(FOUND, ids)).toEqual([]);
      expect(await book.stored()).toEqual(['signals b']);
      expect(book.ocrolus.asked.map(({ operation }) => operation)).toEqual(['book-fraud-signals']);
    },
  );

  test('and finds nothing yet is recorded as missing in the book', async () => {
    book.answers(ofBook, TOO_EARLY);
    expect(await book.deliver(FOUND, { docUuid: 'part' }, { attempts: 3 })).toEqual([]);
    expect(await missing()).toEqual(['b pending 1404']);
    expect(await book.shown()).toMatchObject({ dueAt: expect.any(String) });
  });
});

test('an event that names the document by a pk is not refused because Book status is, or lists it later', async () => {
  book.answers(ofBook, TOO_EARLY);
  const shown = book.ocrolus.script(calls.bookStatus({ bookUuid: 'b' }));
  for (const replies of [[{ httpStatus: 403, body: {} }], shown]) {
    book.answers(calls.bookStatus({ bookUuid: 'b' }), ...replies);
    book.clock.advance(60);
    await book.deliver(FOUND, { uploadedDocPk: '5' }, { attempts: 3 });
  }
  expect((await book.ledger()).map(({ outcome }) => outcome)).toEqual(['applied', 'waiting', 'waiting']);
});

test.each([
  [{ x: 'COMPLETED', y: 'PENDING' }, 'undefined'],
  [{ y: 'PENDING', d: 'COMPLETED', x: 'PENDING' }, 'COMPLETED'],
])('an answer about several documents is that of the document, or not yet: %j', async (states, expected) => {
  book.answers(ofD, signals('b', states));
  await book.deliver(FOUND, D, { attempts: 3 });
  expect(String(await stateOf('d'))).toBe(expected);
});

describe("where a document's own signals are refused, the book's are asked for", () => {
  const deliverAndLook = async (code: number) => {
    for (const call of [ofD, ofPart]) book.answers(call, error(404, code));
    await book.deliver(FOUND, D);
    book.clock.advance(900);
    await book.receive([look('b')]);
  };

  test('and have the states of all its documents', async () => {
    book.answers(ofBook, signals('b', { d: 'COMPLETED', e: 'UNABLE_TO_PROCESS' }));
    await deliverAndLook(1501);
    expect(await book.stored()).toEqual(['signals b']);
    expect([await stateOf('d'), await stateOf('e')]).toEqual(['COMPLETED', 'UNABLE_TO_PROCESS']);
    expect(await missing()).toEqual([]);
  });
});

describe('document.detect.unable_to_process', () => {
  beforeEach(() => book.answers(ofD, signals('b', { d: 'UNABLE_TO_PROCESS' })));
  const deliver = (payload: Payload | undefined, attempts = 1) => {
    const more = payload === undefined ? {} : { payload };
    return book.receive([book.event('document.detect.unable_to_process', D, more)], { attempts });
  };
  const inline = (body: unknown): Payload => ({ encoding: 'utf8', body: JSON.stringify(body) });
  const ENCRYPTED = inline({ reason: 'encrypted' });
  const detect = async () => (await book.document('d'))?.detect;
  const UNABLE = { state: 'UNABLE_TO_PROCESS', reason: 'encrypted' };

  test.each<[string, Payload | undefined, string]>([
    ['at the top', ENCRYPTED, 'encrypted'],
    ['in the notification', inline({ status: 'x', notification_reason: 'encrypted' }), 'encrypted'],
    ['inside an object', inline({ a: { b: { unable_to_process_reason: 'encrypted' } } }), 'encrypted'],
    ['inside a list', inline({ docs: [{ uuid: 'd' }, { error_message: ' encrypted ' }] }), 'encrypted'],
    ['under a key that is not documented', inline({ detectFailureReasonText: 'encrypted' }), 'encrypted'],
    [
      'more than once: the most specific',
      inline({ message: 'see', reason: 'encrypted', a: { reason: 'b' } }),
      'encrypted',
    ],
    ['behind a byte order mark', { encoding: 'utf8', body: '\uFEFF{"reason":"encrypted"}' }, 'encrypted'],
    ['nowhere', inline({ status: 'x' }), 'unknown'],
    ['in no body', undefined, 'unknown'],
    ['in no JSON', { encoding: 'utf8', body: '{' }, 'unknown'],
  ])('the reason is kept, and not logged, if the body has it %s', async (_, payload, reason) => {
    expect(await deliver(payload)).toEqual([]);
    expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason });
    expect((await book.ledger()).at(-1)).toMatchObject({ outcome: 'applied' });
    expect(book.consumers.lines.join('\n')).not.toContain('encrypted');
    expect(await book.stored()).toEqual(['signals d']);
  });

  test('the reason is found in a body that was too large for the message', async () => {
    const body = Buffer.from(JSON.stringify({ padding: 'x'.repeat(1000), reason: 'encrypted' }));
    const { bodies } = book.consumers;
    await bodies.put('deliveries/1', body);
    await deliver({ encoding: 's3', bucket: bodies.bucket, key: 'deliveries/1', bytes: body.length });
    expect(await detect()).toMatchObject(UNABLE);
  });

  test('while Detect is not finished, the state and the reason are kept, and the signals stay missing', async () => {
    book.answers(ofD, signals('b', { d: 'PENDING' }));
    book.answers(ofBook, error(404, 1402));
    expect(await deliver(ENCRYPTED, 3)).toEqual([]);
    expect(await detect()).toMatchObject(UNABLE);
    expect(await book.stored()).toEqual([]);
    expect(await missing()).toContain('d pending detect-pending');
  });
});
