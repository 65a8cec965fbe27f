import { beforeEach, describe, expect, it, test } from 'vitest';
import { forgetCommand } from '../../infra/ops/commands/act/forget.ts';
import { replayCommand } from '../../infra/ops/commands/act/replay.ts';
import type { Target } from '../../infra/ops/target/target.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { newBook, updateBook } from '../../shared/store/books.ts';
import { writeLedger } from '../../shared/store/ledger.ts';
import { createReader } from '../../shared/store/reader.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import { createHarness, type Harness, receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { payload, saysPersonal } from '../reconcile/testing/forgetting.ts';
import { second, WRITER } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { type Call, runOps } from './fake-target.ts';
import { type TestQueues, useQueues } from './testing/queues.ts';

const createQueues = useQueues();
const createTable = useTables();
const B = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';

let stack: TestQueues;
let table: DynamoTable;
let target: Target;
beforeEach(async () => {
  stack = await createQueues('doc-verified', 'book-verified', 'unrecognized');
  table = await createTable();
  target = { ...stack.target, table: () => table, reader: createReader(table, stack.bodies) };
});

const run = async (book: string, flags: Call['flags'] = {}) => {
  const output = await runOps(forgetCommand, target, { words: [book], flags });
  if (!('document' in output)) throw new Error('no document');
  return output;
};
const inDlq = (channel: string) => stack.visible(stack.urls(channel).dlqUrl);

/** The consumers of the same table, with a book `b` that has everything. */
async function storeBook(): Promise<Harness> {
  const harness = createHarness(table, { bodies: stack.bodies });
  saysPersonal(harness);
  const verified = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { deliveryId: 'first', payload: payload() });
  expect(await receive(harness, [verified])).toEqual([]);
  return harness;
}

describe('a stored book', () => {
  beforeEach(storeBook);

  it('is removed, and the output says what', async () => {
    const results = (await target.reader.results('b')).length;
    const { document, text } = await run('b');
    expect(document).toMatchObject({
      bookUuid: 'b',
      bookPk: '7',
      removed: { documents: 2, results, payloads: 1, objects: 1, others: 0, elsewhere: 0, deadLetters: 0 },
      dryRun: false,
    });
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^book b, pk 7: forgotten since 20\d\d-/),
      `removed: 2 documents, ${results} results, 1 payloads of the ledger, 0 other items, 1 objects in the bucket, 0 dead letters`,
      'functions that were running may have written something since; the poller removes it.',
      expect.stringMatching(/^Run this again after 20\d\d-.*: it must find nothing$/),
      expect.stringMatching(/^point-in-time recovery holds it until 20\d\d-/),
    ]);
    expect(await target.reader.book('b')).toMatchObject({ status: 'FORGOTTEN' });
    expect(await target.reader.results('b')).toEqual([]);
    expect(stack.bodies.objects.size).toBe(0);
  });

  it('is found by its pk, too', async () => {
    expect(await run('pk-007')).toMatchObject({ document: { bookUuid: 'b', bookPk: '7' } });
    expect(await target.reader.documents('b')).toEqual([]);
  });

  it('is found by its pk, too, when it is not polled any more', async () => {
    await updateBook(table, 'b', (book) => book && { ...book, dueAt: undefined, dueShard: undefined });
    expect(await run('pk-7')).toMatchObject({ document: { bookUuid: 'b', bookPk: '7' } });
    expect(await target.reader.documents('b')).toEqual([]);
  });

  it('a second run removes nothing, and says when it was forgotten first', async () => {
    await run('b');
    const { forgottenAt } = (await target.reader.book('b')) ?? {};
    expect((await run('b')).document).toMatchObject({
      forgottenAt,
      recoverableUntil: null,
      removed: { documents: 0, results: 0, payloads: 0, objects: 0, deadLetters: 0 },
    });
  });

  it('--dry-run says what would be removed, and removes nothing', async () => {
    await stack.dead('doc-verified', delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }));
    const results = (await target.reader.results('b')).length;
    const { document, text } = await run('b', { 'dry-run': true });
    expect(document).toMatchObject({
      forgottenAt: null,
      removed: { documents: 2, results, payloads: 1, objects: 1, deadLetters: 1 },
      dryRun: true,
    });
    expect(text).toContain('would be removed: 2 documents');
    expect((await target.reader.results('b')).length).toBe(results);
    expect(await target.reader.book('b')).toMatchObject({ status: 'VERIFIED' });
    expect(await inDlq('doc-verified')).toBe(1);
  });

  it('has nothing left to be replayed', async () => {
    await run('b');
    const output = await runOps(replayCommand, target, { flags: { from: second(0), book: 'b' } });
    expect(output).toMatchObject({ document: { examined: 1, sent: 0, unreadable: 1 } });
  });
});

describe('dead letters', () => {
  const dead = (ids: Envelope['ids'], deliveryId: string) => delivery('DOC_VERIFIED', ids, { deliveryId });

  it('of every queue that are about the book go, and the others stay, to be seen at once', async () => {
    await storeBook();
    const { bucket } = stack.bodies;
    await stack.bodies.put('deliveries/abc', Buffer.from('large'));
    const large = { encoding: 's3', bucket, key: 'deliveries/abc', bytes: 5 } as const;
    await stack.dead(
      'doc-verified',
      dead({ bookUuid: 'b' }, '1'),
      dead({ bookPk: '7' }, '2'),
      dead({ uploadedDocUuid: 'd' }, '3'),
      { ...dead({ bookUuid: 'b' }, '4'), payload: large },
      { ...dead({ bookUuid: 'b' }, 'poll'), source: 'poll' },
      dead({ bookUuid: 'other', uploadedDocUuid: 'd' }, '5'),
      dead({ uploadedDocUuid: 'of-another' }, '6'),
      'no envelope',
    );
    await stack.dead('book-verified', dead({ bookUuid: 'b' }, '7'));
    expect(await run('b')).toMatchObject({ document: { removed: { deadLetters: 6, objects: 2 } } });
    expect(await inDlq('doc-verified')).toBe(3);
    expect(await inDlq('book-verified')).toBe(0);
  });

  it('that name both ids go, also when only the pk is given and the uuid is not known here', async () => {
    await stack.dead(
      'doc-verified',
      dead({ bookUuid: 'b', bookPk: '7' }, '1'),
      dead({ bookUuid: 'other', bookPk: '8' }, '2'),
      dead({ bookUuid: 'other' }, '3'),
    );
    const { document } = await run('pk-7');
    expect(document).toMatchObject({ bookUuid: null, removed: { deadLetters: 1 } });
    expect(await inDlq('doc-verified')).toBe(2);
  });

  it('that cannot be read go when the uuid is in them', async () => {
    await stack.dead('unrecognized', `of another version: ${B}`, 'of another book');
    expect(await run(B)).toMatchObject({ document: { removed: { deadLetters: 1 } } });
    expect(await inDlq('unrecognized')).toBe(1);
  });

  it('that cannot be read are not taken for the book’s because its id is a part of a word', async () => {
    await storeBook();
    await stack.dead('unrecognized', 'of another book, b-2', '{"book":"B"}');
    expect(await run('b')).toMatchObject({ document: { removed: { deadLetters: 1 } } });
    expect(await inDlq('unrecognized')).toBe(1);
  });

  it('interrupted, it says so; run again, it removes the rest', async () => {
    await storeBook();
    await stack.dead(
      'doc-verified',
      ...Array.from({ length: 30 }, (_, n) => dead({ bookUuid: 'b' }, `${n}`)),
    );
    const running = run('b');
    while (process.listenerCount('SIGINT') === 0) await new Promise(setImmediate);
    process.emit('SIGINT');
    await expect(running).rejects.toThrow('interrupted; run it again for the rest');
    expect(process.listenerCount('SIGINT')).toBe(0);
    await run('b');
    expect(await inDlq('doc-verified')).toBe(0);
    expect(await target.reader.documents('b')).toEqual([]);
  });
});

describe('a book that is not stored', () => {
  it('needs to be confirmed for the local stack, too, because its id may be wrong', async () => {
    const plans: string[] = [];
    const forget = (flags: Call['flags'] = {}) => runOps(forgetCommand, target, { words: [B], flags, plans });
    const preview = await forget({ 'dry-run': true });
    expect(preview).toMatchObject({ text: expect.stringContaining('nothing is stored of it') });
    expect(plans).toEqual([]);
    expect(await forget()).toMatchObject({
      document: { isUnknown: true },
      text: expect.stringContaining('nothing was stored of it; it will never be stored'),
    });
    expect(plans).toEqual([
      expect.stringMatching(/^anywhere: forget permanently\n.*\n.*\nnothing is stored of it/),
    ]);
    expect(await forget()).toMatchObject({ document: { isUnknown: false } });
    expect(plans[1]).toMatch(/^forget/);
  });

  it('of which a dead letter is there is no wrong id', async () => {
    await stack.dead('doc-verified', delivery('DOC_VERIFIED', { bookUuid: B }));
    expect(await run(B)).toMatchObject({ document: { isUnknown: false, removed: { deadLetters: 1 } } });
  });

  it('is not stored later', async () => {
    const { text } = await run(B.replaceAll('-', '').toUpperCase());
    expect(text).toContain(`book ${B}: forgotten since`);
    expect(text).toContain('removed: 0 documents');
    expect(await target.reader.book(B)).toMatchObject({ status: 'FORGOTTEN', account: 'unknown' });
  });

  it('and of which only the pk is given leaves the uuid to the poller', async () => {
    const { document, text } = await run('pk-7');
    expect(document).toMatchObject({ bookUuid: null, bookPk: '7' });
    expect(text).toContain('its uuid is not known here: the poller asks Ocrolus for it');
  });

  test.each(['account', 'circuit', 'limiter', 'poller', 'no-such-book', ''])(
    '%j is refused',
    async (name) => {
      const entry = {
        envelope: delivery('DOC_VERIFIED', {}),
        outcome: 'refused',
        attempts: 1,
        keepDays: 1,
      } as const;
      await writeLedger(table, { ...entry, bookId: 'account', processedAt: second(1) });
      await expect(run(name)).rejects.toMatchObject({ name: 'UsageError' });
      expect(await target.reader.events('account')).toHaveLength(1);
    },
  );
});

it('a body in the bucket of another stack is reported', async () => {
  await updateBook(table, 'b', () => newBook('b', { bookUuid: 'b' }, WRITER));
  const elsewhere = { encoding: 's3', bucket: 'of-another-stack', key: 'deliveries/abc', bytes: 5 } as const;
  const envelope = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { payload: elsewhere });
  const entry = { bookId: 'b', envelope, outcome: 'applied', attempts: 1, keepDays: 36_500 } as const;
  await writeLedger(table, { ...entry, processedAt: second(1) });
  const { document, text } = await run('b');
  expect(document).toMatchObject({ removed: { elsewhere: 1, payloads: 1 } });
  expect(text).toContain('1 bodies are in the bucket of another stack');
});

it('without a book it is wrong usage', async () => {
  await expect(runOps(forgetCommand, target)).rejects.toMatchObject({ name: 'UsageError' });
});
