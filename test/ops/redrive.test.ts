import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { redriveCommand } from '../../infra/ops/commands/redrive.ts';
import { examineAll } from '../../infra/ops/dead-letters/examine.ts';
import { delivery } from '../events/testing/delivery.ts';
import { useTables } from '../store/testing/table.ts';
import { type Call, runOps } from './fake-target.ts';
import { type TestQueues, useQueues } from './testing/queues.ts';

const createQueues = useQueues();
const createTable = useTables();
let stack: TestQueues;
beforeEach(async () => {
  stack = await createQueues('doc-verified', 'lifecycle');
});

const B = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const doc = (bookUuid: string, n: number) =>
  delivery('DOC_VERIFIED', { bookUuid, uploadedDocUuid: `d${n}` }, { deliveryId: `${bookUuid}-${n}` });
const many = (count: number, book = 'b') => Array.from({ length: count }, (_, n) => doc(book, n));
const run = async (flags: Call['flags'] = {}) => {
  const output = await runOps(redriveCommand, stack.target, { words: ['doc-verified'], flags });
  return 'document' in output ? output.document : output;
};
const taken = async () =>
  (await stack.take('doc-verified')).map(({ envelope }) => envelope.deliveryId).sort();
const inDlq = () => stack.visible(stack.urls('doc-verified').dlqUrl);

it('every message goes back to its queue unchanged, in the group of its book', async () => {
  const messages = many(23);
  await stack.dead('doc-verified', ...messages);
  expect(await run()).toEqual({ channel: 'doc-verified', examined: 23, moved: 23, unreadable: 0, left: 0 });
  const back = await stack.take('doc-verified');
  const byId = (a: { deliveryId: string }, b: { deliveryId: string }) =>
    a.deliveryId.localeCompare(b.deliveryId);
  expect(back.map(({ envelope }) => envelope).sort(byId)).toEqual(messages.toSorted(byId));
  expect(new Set(back.map(({ group }) => group))).toEqual(new Set(['b']));
  expect(await inDlq()).toBe(0);
});

describe('filters', () => {
  beforeEach(async () => {
    const other = delivery('document.verification_failed', { bookUuid: B }, { deliveryId: 'failed' });
    const byPk = delivery('DOC_VERIFIED', { bookPk: '7' }, { deliveryId: 'by-pk' });
    await stack.dead('doc-verified', ...many(12), { ...other, channel: 'doc-verified' }, byPk, 'no envelope');
  });

  test.each([
    [{ book: B.replaceAll('-', '').toUpperCase() }, ['failed']],
    [{ book: 'pk-7' }, ['by-pk']],
    [{ event: 'Document.Verification_Failed' }, ['failed']],
    [{ event: 'DOC_VERIFIED', book: B }, []],
    [{ event: 'no.such.event' }, []],
  ])('%j', async (flags, expected) => {
    const left = 15 - expected.length;
    expect(await run(flags)).toEqual({
      channel: 'doc-verified',
      examined: 15,
      moved: expected.length,
      unreadable: 1,
      left,
    });
    expect(await taken()).toEqual(expected);
    expect(await inDlq()).toBe(left);
  });

  it('without one, a message that cannot be read is skipped', async () => {
    expect(await run()).toMatchObject({ examined: 15, moved: 14, unreadable: 1, left: 1 });
  });

  it('a message that cannot be read goes back when --id names it', async () => {
    const table = await createTable();
    const examined = await examineAll(
      { ...stack.target, table: () => table },
      'doc-verified',
      new AbortController().signal,
    );
    const unreadable = examined.find(({ why }) => why === 'unreadable-message');
    expect(await run({ id: unreadable?.messageId ?? '' })).toMatchObject({ moved: 1, left: 14 });
  });

  it('--id can be that of a delivery', async () => {
    expect(await run({ id: 'by-pk' })).toMatchObject({ moved: 1, left: 14 });
    expect(await taken()).toEqual(['by-pk']);
  });

  it.each([
    [{ id: 'nope' }, 'no dead letter with the id nope'],
    [{ id: 'nope', 'dry-run': true as const }, 'no dead letter with the id nope'],
    [{ id: 'by-pk', event: 'BOOK_VERIFIED' }, 'no dead letter with the id by-pk'],
  ])('%j fails, because it names none', async (flags, message) => {
    await expect(run(flags)).rejects.toThrow(message);
    expect(await inDlq()).toBe(15);
  });

  it('--all moves those of every channel, up to the limit', async () => {
    await stack.dead('lifecycle', ...many(3, 'c').map((one) => ({ ...one, channel: 'lifecycle' as const })));
    const all = await runOps(redriveCommand, stack.target, { flags: { all: true, limit: '16' } });
    expect(all).toMatchObject({
      document: [
        { channel: 'doc-verified', moved: 14, left: 1, unreadable: 1 },
        { channel: 'lifecycle', moved: 2, left: 1, unreadable: 0 },
      ],
    });
  });

  it('--limit ends it early, and the others are visible immediately', async () => {
    expect(await run({ limit: '3' })).toMatchObject({ moved: 3, left: 12 });
    expect(await inDlq()).toBe(12);
    expect(await run({ limit: '3' })).toMatchObject({ moved: 3, left: 9 });
  });

  it('--dry-run reports what would be moved, and moves nothing', async () => {
    const would = { examined: 15, moved: 12 + 1, left: 2, dryRun: true };
    expect(await run({ event: 'DOC_VERIFIED', 'dry-run': true })).toMatchObject(would);
    expect(await taken()).toEqual([]);
    expect(await inDlq()).toBe(15);
  });
});

it('run twice, it finds nothing the second time', async () => {
  await stack.dead('doc-verified', ...many(3));
  await run();
  expect(await run()).toEqual({ channel: 'doc-verified', examined: 0, moved: 0, unreadable: 0, left: 0 });
});

it('when sending fails, every message stays and is visible immediately', async () => {
  await stack.dead('doc-verified', ...many(12));
  const failing = new Proxy(stack.sqs, {
    get: (sqs, key) =>
      key === 'send'
        ? (command: Parameters<typeof sqs.send>[0]) =>
            command instanceof SendMessageCommand
              ? Promise.reject(new Error('SQS is down'))
              : sqs.send(command)
        : Reflect.get(sqs, key),
  });
  const target = { ...stack.target, sqs: failing };
  await expect(runOps(redriveCommand, target, { words: ['doc-verified'] })).rejects.toThrow('SQS is down');
  expect(await inDlq()).toBe(12);
});

it('interrupted, it says so, and what was not moved is visible immediately', async () => {
  await stack.dead('doc-verified', ...many(40));
  const running = run({ rate: '40' });
  // The command listens as soon as it has counted.
  while (process.listenerCount('SIGINT') === 0) await new Promise(setImmediate);
  while ((await stack.visible(stack.urls('doc-verified').url)) < 5);
  process.emit('SIGINT');
  await expect(running).rejects.toThrow(/^interrupted: \d+ of \d+ moved/);
  const moved = (await taken()).length;
  expect(moved).toBeGreaterThanOrEqual(5);
  expect(await inDlq()).toBe(40 - moved);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

it('a message that fails again in the meantime is not moved in circles', async () => {
  await stack.dead('doc-verified', doc('b', 1));
  const { dlqUrl } = stack.urls('doc-verified');
  // Its consumer fails at once: whatever is sent is in the dead-letter queue.
  const target = { ...stack.target, queues: { 'doc-verified': { url: dlqUrl, dlqUrl } } };
  const output = await runOps(redriveCommand, target, { words: ['doc-verified'] });
  expect(output).toMatchObject({ document: { examined: 1, moved: 1 } });
  expect(await inDlq()).toBe(1);
});

test.each<[string[], Record<string, string | true>, string]>([
  [['nonsense'], {}, 'channel is one of: doc-verified lifecycle'],
  [['constructor'], {}, 'channel is one of'],
  [[], {}, 'name a channel, or use --all'],
  [['lifecycle'], { all: true }, 'name a channel, or use --all'],
  [['lifecycle'], { limit: '0' }, '--limit'],
  [['lifecycle'], { rate: 'fast' }, '--rate'],
])('a wrong call is refused: %j %j', async (words, flags, message) => {
  await expect(runOps(redriveCommand, stack.target, { words, flags })).rejects.toThrow(message);
});
