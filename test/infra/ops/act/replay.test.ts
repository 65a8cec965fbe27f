import { beforeEach, describe, expect, it, test } from 'vitest';
import type { Envelope, Payload } from '../../../../shared/events/envelope.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { second } from '../../../shared/store/testing/observations.ts';
import { ops } from '../fake-target.ts';
import { useStack } from '../testing/stack.ts';

const stack = useStack('doc-verified', 'book-verified', 'unrecognized');

const utf8 = (body: object): Payload => ({ encoding: 'utf8', body: JSON.stringify(body) });

/** A delivery of the n-th second in the ledger. */
async function past(n: number, more: Partial<Envelope> = {}, code?: string): Promise<Envelope> {
  const envelope = delivery(
    'DOC_VERIFIED',
    { bookUuid: 'b', uploadedDocUuid: `d${n}` },
    {
      deliveryId: `id-${n}`,
      receivedAt: second(n),
      payload: utf8({ event: 'DOC_VERIFIED', book_uuid: 'b', uploaded_doc_uuid: `d${n}` }),
      ...more,
    },
  );
  await stack.past(envelope, { processedAt: second(n + 1), ...(code !== undefined && { code }) });
  return envelope;
}
const replay = async (options = '', parts: Partial<typeof stack.target> = {}) => {
  const from = /--(from|delivery)/.test(options) ? '' : `--from ${second(0)}`;
  return (await ops({ ...stack.target, ...parts }, `replay ${from} ${options}`)).document;
};
const onlyIn = async (channel: string) => {
  const [only, ...others] = await stack.take(channel);
  expect(others).toEqual([]);
  return only;
};

it('a delivery is sent as it was received, in the group of its book', async () => {
  const envelope = await past(1, { source: 'webhook', account: 'second' });
  expect(await replay()).toMatchObject({ examined: 1, sent: 1, skipped: 0, unreadable: 0, dryRun: false });
  expect(await onlyIn('doc-verified')).toEqual({ envelope, group: 'b' });
});

it('a delivery that names only the pk of its book is sent with the uuid, which Ocrolus may not tell any more', async () => {
  const payload = utf8({ event: 'DOC_VERIFIED', book_pk: 7 });
  const envelope = delivery('DOC_VERIFIED', { bookPk: '7' }, { payload });
  await stack.past(envelope, { bookId: 'b' });
  await replay();
  const ids = { bookUuid: 'b', bookPk: '7' };
  expect(await onlyIn('doc-verified')).toEqual({ envelope: { ...envelope, ids }, group: 'b' });
});

describe('which ones', () => {
  beforeEach(async () => {
    for (const n of [1, 2, 3]) await past(n, {}, n === 1 ? undefined : 'http-403');
    const event = { eventName: 'BOOK_VERIFIED', channel: 'book-verified' } as const;
    const payload = utf8({ event: 'BOOK_VERIFIED', book_uuid: 'c' });
    await past(4, { ...event, ids: { bookUuid: 'c' }, payload });
    await past(5, { source: 'poll', deliveryId: 'poll-5', payload: undefined });
  });

  test.each([
    ['', ['id-1', 'id-2', 'id-3', 'id-4']],
    [`--from ${second(2)} --to ${second(3)}`, ['id-2', 'id-3']],
    ['--book b', ['id-1', 'id-2', 'id-3']],
    ['--channel book-verified', ['id-4']],
    ['--book b --channel book-verified', []],
    ['--outcome retrying', ['id-2', 'id-3']],
    [`--outcome retrying --book b --to ${second(2)}`, ['id-2']],
    ['--outcome applied', ['id-1', 'id-4']],
    ['--delivery id-3', ['id-3']],
    ['--delivery id-3 --book b --outcome applied', []],
  ])('%s', async (options, expected) => {
    await replay(options);
    expect([...(await stack.takenIds()), ...(await stack.takenIds('book-verified'))]).toEqual(expected);
  });
});

describe('bodies', () => {
  it('bytes that are not text are sent unchanged', async () => {
    const payload: Payload = { encoding: 'base64', body: Buffer.from([0xff, 0xfe, 0x00]).toString('base64') };
    await past(1, { payload, channel: 'unrecognized', eventName: '(none)', ids: {} });
    await replay();
    expect((await onlyIn('unrecognized'))?.envelope).toMatchObject({ payload, unrecognized: 'not-utf8' });
  });

  const large = JSON.stringify({ event: 'DOC_VERIFIED', book_uuid: 'b', uploaded_doc_uuid: 'd1' });
  const inBucket = (bucket: string): Payload => ({ encoding: 's3', bucket, key: 'deliveries/k', bytes: 1 });

  it('one in the bucket stays there', async () => {
    const { bucket, objects } = stack.bodies;
    objects.set('deliveries/k', Buffer.from(large));
    await past(1, { payload: inBucket(bucket) });
    await replay();
    expect((await onlyIn('doc-verified'))?.envelope).toMatchObject({
      ids: { bookUuid: 'b', uploadedDocUuid: 'd1' },
      payload: { ...inBucket(bucket), bytes: large.length },
    });
  });

  it('one in the bucket of another stack is copied, since consumers cannot read it there', async () => {
    const { bucket, objects } = stack.bodies;
    await past(1, { payload: inBucket('of-another-stack') });
    const get = async (from: string) => {
      expect(from).toBe('of-another-stack');
      return Buffer.from(large);
    };
    await replay('--table another', { bodies: { ...stack.bodies, get } });
    const payload = { bucket, key: 'deliveries/k' };
    expect((await onlyIn('doc-verified'))?.envelope).toMatchObject({ payload });
    expect(objects.get('deliveries/k')?.toString()).toBe(large);
  });

  it('one that is gone is counted, and does not stop the others', async () => {
    await past(1, { payload: inBucket('b') });
    await past(2);
    const get = () => Promise.reject(Object.assign(new Error('gone'), { name: 'NoSuchKey' }));
    expect(await replay('', { bodies: { ...stack.bodies, get } })).toMatchObject({ sent: 1, unreadable: 1 });
  });

  it('are looked for before the question: --dry-run and the plan say what is sent', async () => {
    const { bucket, objects } = stack.bodies;
    objects.set('deliveries/k', Buffer.from(large));
    await past(1, { payload: inBucket(bucket) });
    await past(2);
    await past(3, { payload: { encoding: 's3', bucket, key: 'deliveries/gone', bytes: 1 } });
    // Of a forgotten book.
    await past(4, { payload: undefined });
    await past(5, { source: 'poll', payload: undefined });
    const put = () => Promise.reject(new Error('nothing may be written'));
    const get = async (from: string, key: string) => {
      if (!objects.has(key)) throw Object.assign(new Error('gone'), { name: 'NoSuchKey' });
      return stack.bodies.get(from, key);
    };
    const target = { ...stack.target, bodies: { ...stack.bodies, put, get } };
    const counts = { examined: 5, sent: 2, unreadable: 2, skipped: 1 };
    expect(await replay('--dry-run', target)).toMatchObject(counts);
    expect(await stack.queued()).toBe(0);
    const { document, plans } = await ops(target, `replay --from ${second(0)}`);
    expect(document).toMatchObject(counts);
    expect(plans).toEqual([expect.stringMatching(/^send 2 deliveries of /)]);
    expect(await stack.takenIds()).toEqual(['id-1', 'id-2']);
  });
});

it('an event whose name was unknown goes to its channel now', async () => {
  const payload = utf8({ event_name: 'book.verified', book_uuid: 'b' });
  await past(1, { eventName: 'book.verified', channel: 'unrecognized', payload, ids: {} });
  await replay('--channel unrecognized');
  const sent = { channel: 'book-verified', ids: { bookUuid: 'b' } };
  expect((await onlyIn('book-verified'))?.envelope).toMatchObject(sent);
});

it('after a failure it says where to continue, and continuing there loses nothing', async () => {
  for (let n = 1; n <= 25; n += 1) await past(n);
  const message = `stopped: SQS is down; continue with --from ${second(11)}`;
  await expect(replay('', { sqs: stack.failingSqs(14) })).rejects.toThrow(message);
  await replay(`--from ${second(11)}`);
  const all = Array.from({ length: 25 }, (_, n) => `id-${n + 1}`);
  expect(new Set(await stack.takenIds())).toEqual(new Set(all));
});
