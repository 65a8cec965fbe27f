import { beforeEach, describe, expect, it, test } from 'vitest';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { ops } from '../fake-target.ts';
import { interrupt, useStack } from '../testing/stack.ts';

const stack = useStack('doc-verified', 'lifecycle');

const B = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const doc = (bookUuid: string, n: number) =>
  delivery('DOC_VERIFIED', { bookUuid, uploadedDocUuid: `d${n}` }, { deliveryId: `${bookUuid}-${n}` });
const many = (count: number, book = 'b') => Array.from({ length: count }, (_, n) => doc(book, n));
const redrive = async (options = '', target = stack.target) =>
  (await ops(target, `redrive doc-verified ${options}`)).document;

it('every message goes back to its queue unchanged, in the group of its book; then there is none', async () => {
  const messages = many(23);
  await stack.dead('doc-verified', ...messages);
  const moved = { channel: 'doc-verified', examined: 23, moved: 23, unreadable: 0, left: 0 };
  expect(await redrive()).toEqual(moved);
  const back = await stack.take();
  const byId = (a: { deliveryId: string }, b: { deliveryId: string }) =>
    a.deliveryId.localeCompare(b.deliveryId);
  expect(back.map(({ envelope }) => envelope).sort(byId)).toEqual(messages.toSorted(byId));
  expect(new Set(back.map(({ group }) => group))).toEqual(new Set(['b']));
  expect(await stack.inDlq()).toBe(0);
  expect(await redrive()).toEqual({ ...moved, examined: 0, moved: 0 });
});

describe('filters', () => {
  beforeEach(async () => {
    const other = delivery('document.verification_failed', { bookUuid: B }, { deliveryId: 'failed' });
    const byPk = delivery('DOC_VERIFIED', { bookPk: '7' }, { deliveryId: 'by-pk' });
    await stack.dead('doc-verified', ...many(12), { ...other, channel: 'doc-verified' }, byPk, 'no envelope');
  });

  test.each([
    [`--book ${B.replaceAll('-', '').toUpperCase()}`, ['failed']],
    ['--book pk-7', ['by-pk']],
    ['--event Document.Verification_Failed', ['failed']],
    [`--event DOC_VERIFIED --book ${B}`, []],
    ['--event no.such.event', []],
  ])('%s', async (options, expected) => {
    const left = 15 - expected.length;
    const moved = { channel: 'doc-verified', examined: 15, moved: expected.length, unreadable: 1, left };
    expect(await redrive(options)).toEqual(moved);
    expect(await stack.takenIds()).toEqual(expected);
    expect(await stack.inDlq()).toBe(left);
  });

  it('without one, a message that cannot be read is skipped, unless --id names it', async () => {
    expect(await redrive('--dry-run')).toMatchObject({ examined: 15, moved: 14, unreadable: 1, left: 1 });
    const { document } = await ops<{ why: string; messageId: string }[]>(stack.target, 'dlq doc-verified');
    const unreadable = document.find(({ why }) => why === 'unreadable-message');
    expect(await redrive(`--id ${unreadable?.messageId}`)).toMatchObject({ moved: 1, left: 14 });
  });

  it('--id can be that of a delivery', async () => {
    expect(await redrive('--id by-pk')).toMatchObject({ moved: 1, left: 14 });
    expect(await stack.takenIds()).toEqual(['by-pk']);
  });

  it.each([
    ['--id nope', 'no dead letter with the id nope'],
    ['--id by-pk --event BOOK_VERIFIED', 'no dead letter with the id by-pk'],
  ])('%s fails, because it names none', async (options, message) => {
    await expect(redrive(options)).rejects.toThrow(message);
    expect(await stack.inDlq()).toBe(15);
  });

  it('--all moves those of every channel, up to the limit', async () => {
    await stack.dead('lifecycle', ...many(3, 'c').map((one) => ({ ...one, channel: 'lifecycle' as const })));
    expect((await ops(stack.target, 'redrive --all --limit 16')).document).toMatchObject([
      { channel: 'doc-verified', moved: 14, left: 1, unreadable: 1 },
      { channel: 'lifecycle', moved: 2, left: 1, unreadable: 0 },
    ]);
  });

  it('--limit ends it early, and the others are visible immediately', async () => {
    expect(await redrive('--limit 3')).toMatchObject({ moved: 3, left: 12 });
    expect(await stack.inDlq()).toBe(12);
    expect(await redrive('--limit 3')).toMatchObject({ moved: 3, left: 9 });
  });

  it.each(['', '--event DOC_VERIFIED', '--limit 3', '--book pk-7'])(
    'the plan, and --dry-run, say what is moved then: %s',
    async (options) => {
      const call = `redrive doc-verified ${options}`;
      const preview = await ops<object>(stack.target, `${call} --dry-run`);
      expect([preview.plans, await stack.queued()]).toEqual([[], 0]);
      const { document, text, plans } = await ops<object>(stack.target, call);
      expect(preview.document).toMatchObject(document);
      expect(plans).toEqual([`move dead letters back\n${preview.text}`]);
      expect(text).toBe(preview.text.replace('would be moved', 'moved'));
    },
  );
});

it('when sending fails, every message stays and is visible immediately', async () => {
  await stack.dead('doc-verified', ...many(12));
  await expect(redrive('', { ...stack.target, sqs: stack.failingSqs() })).rejects.toThrow('SQS is down');
  expect(await stack.inDlq()).toBe(12);
});

it('interrupted, it says so, and what was not moved is visible immediately', async () => {
  await stack.dead('doc-verified', ...many(40));
  const running = redrive('--rate 40');
  await Promise.all([
    expect(running).rejects.toThrow(/^interrupted: \d+ of \d+ moved/),
    interrupt(async () => (await stack.queued()) >= 5),
  ]);
  const moved = (await stack.takenIds()).length;
  expect(moved).toBeGreaterThanOrEqual(5);
  expect(await stack.inDlq()).toBe(40 - moved);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

it('a message that fails again in the meantime is not moved in circles', async () => {
  await stack.dead('doc-verified', doc('b', 1));
  const { dlqUrl } = stack.urls();
  // Its consumer fails at once: whatever is sent is in the dead-letter queue.
  const target = { ...stack.target, queues: { 'doc-verified': { url: dlqUrl, dlqUrl } } };
  expect(await redrive('', target)).toMatchObject({ examined: 1, moved: 1 });
  expect(await stack.inDlq()).toBe(1);
});
