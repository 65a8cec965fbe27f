import { beforeEach, describe, expect, it, test } from 'vitest';
import { replayCommand } from '../../infra/ops/commands/act/replay.ts';
import type { Envelope, Payload } from '../../shared/events/envelope.ts';
import { bookIdOf } from '../../shared/events/ids.ts';
import { writeFailedAttempt, writeLedger } from '../../shared/store/ledger.ts';
import { createReader } from '../../shared/store/reader.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import { delivery } from '../events/testing/delivery.ts';
import { second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { type Call, runOps } from './fake-target.ts';
import { type TestQueues, useQueues } from './testing/queues.ts';

const createQueues = useQueues();
const createTable = useTables();
let stack: TestQueues;
let table: DynamoTable;
beforeEach(async () => {
  stack = await createQueues('doc-verified', 'book-verified', 'unrecognized');
  table = await createTable();
});

const utf8 = (body: object): Payload => ({ encoding: 'utf8', body: JSON.stringify(body) });

/** A delivery of the n-th second, and its entry in the ledger. */
async function past(n: number, more: Partial<Envelope> = {}): Promise<Envelope> {
  const ids = more.ids ?? { bookUuid: 'b', uploadedDocUuid: `d${n}` };
  const payload = utf8({ event: 'DOC_VERIFIED', book_uuid: 'b', uploaded_doc_uuid: `d${n}` });
  const envelope = delivery('DOC_VERIFIED', ids, {
    deliveryId: `id-${n}`,
    receivedAt: second(n),
    payload,
    ...more,
  });
  const entry = {
    bookId: bookIdOf(ids),
    envelope,
    outcome: 'applied',
    attempts: 1,
    keepDays: 36_500,
  } as const;
  await writeLedger(table, { ...entry, processedAt: second(n + 1) });
  return envelope;
}
/** A delivery of the n-th second whose only attempt failed. */
async function dead(n: number): Promise<void> {
  const envelope = delivery(
    'DOC_VERIFIED',
    { bookUuid: 'b', uploadedDocUuid: `d${n}` },
    {
      deliveryId: `id-${n}`,
      receivedAt: second(n),
      payload: utf8({ event: 'DOC_VERIFIED', book_uuid: 'b', uploaded_doc_uuid: `d${n}` }),
    },
  );
  const attempt = { bookId: 'b', envelope, code: 'http-403', attempts: 1, keepDays: 36_500 };
  await writeFailedAttempt(table, { ...attempt, processedAt: second(n + 1) });
}
const run = async (flags: Call['flags'] = {}, to: Partial<typeof stack.target> = {}) => {
  const target = { ...stack.target, table: () => table, ...to };
  const output = await runOps(replayCommand, target, { flags: { from: second(0), ...flags } });
  return 'document' in output ? output.document : output;
};
const ids = async (channel = 'doc-verified') =>
  (await stack.take(channel)).map(({ envelope }) => envelope.deliveryId).sort();

it('a delivery is sent as it was received, in the group of its book', async () => {
  const sent = await past(1, { source: 'webhook', account: 'second' });
  expect(await run()).toMatchObject({ examined: 1, sent: 1, skipped: 0, unreadable: 0, dryRun: false });
  expect(await stack.take('doc-verified')).toEqual([{ envelope: sent, group: 'b' }]);
});

it('a delivery that names only the pk of its book is sent with the uuid, which Ocrolus may not tell any more', async () => {
  const envelope = delivery(
    'DOC_VERIFIED',
    { bookPk: '7' },
    { payload: utf8({ event: 'DOC_VERIFIED', book_pk: 7 }) },
  );
  const entry = { bookId: 'b', envelope, outcome: 'applied', attempts: 1, keepDays: 36_500 } as const;
  await writeLedger(table, { ...entry, processedAt: second(2) });
  await run();
  const ids = { bookUuid: 'b', bookPk: '7' };
  expect(await stack.take('doc-verified')).toEqual([{ envelope: { ...envelope, ids }, group: 'b' }]);
});

describe('which ones', () => {
  beforeEach(async () => {
    for (const n of [1, 2, 3]) await past(n);
    const book = utf8({ event: 'BOOK_VERIFIED', book_uuid: 'c' });
    await past(4, {
      eventName: 'BOOK_VERIFIED',
      channel: 'book-verified',
      ids: { bookUuid: 'c' },
      payload: book,
    });
    await past(5, { source: 'poll', deliveryId: 'poll-5', payload: undefined });
  });

  test.each([
    [{}, ['id-1', 'id-2', 'id-3', 'id-4']],
    [{ from: second(2), to: second(3) }, ['id-2', 'id-3']],
    [{ book: 'b' }, ['id-1', 'id-2', 'id-3']],
    [{ book: 'b', from: second(3) }, ['id-3']],
    [{ channel: 'book-verified' }, ['id-4']],
    [{ book: 'b', channel: 'book-verified' }, []],
    [{ book: 'nobody' }, []],
    [{ to: '2026-03-02' }, []],
  ])('%j', async (flags: Record<string, string>, expected) => {
    const from = flags.to === '2026-03-02' ? { from: '2026-03-01' } : {};
    await run({ ...flags, ...from });
    expect([...(await ids()), ...(await ids('book-verified'))]).toEqual(expected);
  });

  it('messages of the poller are skipped, and counted', async () => {
    expect(await run()).toMatchObject({ examined: 5, sent: 4, skipped: 1 });
  });

  it('--dry-run counts and sends nothing', async () => {
    expect(await run({ 'dry-run': true })).toMatchObject({ examined: 5, sent: 4, skipped: 1, dryRun: true });
    expect(await ids()).toEqual([]);
  });
});

describe('deliveries that failed', () => {
  const outcomes = async () => {
    const { events } = createReader(table, stack.bodies);
    return (await events('b')).map(({ deliveryId, outcome }) => `${deliveryId} ${outcome}`);
  };
  beforeEach(async () => {
    await past(1);
    for (const n of [2, 3]) await dead(n);
  });

  it('are sent again like others', async () => {
    expect(await outcomes()).toEqual(['id-1 applied', 'id-2 retrying', 'id-3 retrying']);
    expect(await run({ book: 'b' })).toMatchObject({ examined: 3, sent: 3 });
    expect(await ids()).toEqual(['id-1', 'id-2', 'id-3']);
  });

  test.each([
    [{ outcome: 'retrying' }, ['id-2', 'id-3']],
    [{ outcome: 'retrying', book: 'b', to: second(2) }, ['id-2']],
    [{ outcome: 'applied' }, ['id-1']],
    [{ delivery: 'id-3' }, ['id-3']],
    [{ delivery: 'id-3', book: 'b', outcome: 'applied' }, []],
  ])('or alone: %j', async (flags: Record<string, string>, expected) => {
    await run(flags);
    expect(await ids()).toEqual(expected);
  });

  it('one delivery needs no time', async () => {
    const target = { ...stack.target, table: () => table };
    const output = await runOps(replayCommand, target, { flags: { delivery: 'id-2', book: 'b' } });
    expect(output).toMatchObject({ document: { examined: 1, sent: 1 } });
  });
});

describe('bodies', () => {
  it('bytes that are not text are sent unchanged', async () => {
    const body = Buffer.from([0xff, 0xfe, 0x00]).toString('base64');
    const bytes: Payload = { encoding: 'base64', body };
    await past(1, { payload: bytes, channel: 'unrecognized', eventName: '(none)', ids: {} });
    await run();
    const [only] = await stack.take('unrecognized');
    expect(only?.envelope).toMatchObject({ payload: bytes, unrecognized: 'not-utf8' });
  });

  const large = JSON.stringify({ event: 'DOC_VERIFIED', book_uuid: 'b', uploaded_doc_uuid: 'd1' });
  const inBucket = (bucket: string): Payload => ({ encoding: 's3', bucket, key: 'deliveries/k', bytes: 1 });

  it('one in the bucket stays there', async () => {
    stack.bodies.objects.set('deliveries/k', Buffer.from(large));
    await past(1, { payload: inBucket(stack.bodies.bucket) });
    await run();
    const [only] = await stack.take('doc-verified');
    expect(only?.envelope.ids).toEqual({ bookUuid: 'b', uploadedDocUuid: 'd1' });
    const payload = { ...inBucket(stack.bodies.bucket), bytes: large.length };
    expect(only?.envelope.payload).toEqual(payload);
  });

  it('one in the bucket of another stack is copied, since consumers cannot read it there', async () => {
    await past(1, { payload: inBucket('of-another-stack') });
    const get = async (bucket: string) => {
      expect(bucket).toBe('of-another-stack');
      return Buffer.from(large);
    };
    await run({ table: 'another' }, { bodies: { ...stack.bodies, get } });
    const [only] = await stack.take('doc-verified');
    expect(only?.envelope.payload).toMatchObject({ bucket: stack.bodies.bucket, key: 'deliveries/k' });
    expect(stack.bodies.objects.get('deliveries/k')?.toString()).toBe(large);
  });

  it('one that is gone is counted, and does not stop the others', async () => {
    await past(1, { payload: inBucket('b') });
    await past(2);
    const get = () => Promise.reject(Object.assign(new Error('gone'), { name: 'NoSuchKey' }));
    expect(await run({}, { bodies: { ...stack.bodies, get } })).toMatchObject({ sent: 1, unreadable: 1 });
  });
});

it('an event whose name was unknown goes to its channel now', async () => {
  const payload = utf8({ event_name: 'book.verified', book_uuid: 'b' });
  await past(1, { eventName: 'book.verified', channel: 'unrecognized', payload, ids: {} });
  await run({ channel: 'unrecognized' });
  const [only] = await stack.take('book-verified');
  expect(only?.envelope).toMatchObject({ channel: 'book-verified', ids: { bookUuid: 'b' } });
});

it('after a failure it says where to continue, and continuing there loses nothing', async () => {
  for (let n = 1; n <= 25; n += 1) await past(n);
  let sends = 0;
  const failing = new Proxy(stack.sqs, {
    get: (sqs, key) =>
      key === 'send'
        ? (command: Parameters<typeof sqs.send>[0]) => {
            sends += 1;
            return sends === 14 ? Promise.reject(new Error('SQS is down')) : sqs.send(command);
          }
        : Reflect.get(sqs, key),
  });
  const message = `stopped: SQS is down; continue with --from ${second(11)}`;
  await expect(run({}, { sqs: failing })).rejects.toThrow(message);
  await run({ from: second(11) });
  const all = Array.from({ length: 25 }, (_, n) => `id-${n + 1}`);
  expect(new Set(await ids())).toEqual(new Set(all));
});

it('interrupted, it says where to continue', async () => {
  for (let n = 1; n <= 30; n += 1) await past(n);
  const running = run({ rate: '50' });
  while ((await stack.visible(stack.urls('doc-verified').url)) < 5);
  process.emit('SIGINT');
  await expect(running).rejects.toThrow(/^interrupted at \d+; continue with --from 2026-03-02T/);
});

test.each([
  [{ from: 'yesterday' }, /--from.*must be a time/],
  [{ from: '2026-02-30' }, /--from.*must be a time that exists/],
  [{ to: second(-1) }, '--to is before --from'],
  [{ channel: 'toString' }, 'there is no channel toString; channel is one of: doc-verified'],
  [{ rate: '0' }, '--rate'],
  [{ outcome: 'dead' }, /--outcome.*choices are applied/],
])('a wrong call is refused: %j', async (flags: Record<string, string>, message: string | RegExp) => {
  await expect(run(flags)).rejects.toThrow(message);
});

it('--from is not left out by mistake', async () => {
  await expect(runOps(replayCommand, stack.target)).rejects.toThrow('--from is missing');
});
