import { expect, it, test } from 'vitest';
import { BackfillRequest } from '../../../../shared/backfill.ts';
import { START } from '../../../../shared/ocrolus/book-list.ts';
import { fakeTarget, ops } from '../fake-target.ts';

/** A poller that has so many unknown books, in parts of 100, and fetches one in ten seconds. */
function pollerWith(books: number, more: object = {}) {
  const requests: BackfillRequest[] = [];
  const invoke = async (name: string, event: object) => {
    expect(name).toBe('poller');
    const request = BackfillRequest.parse(event);
    requests.push(request);
    const { offset } = request.place;
    const unknown = Math.min(100, books - offset);
    const end = offset + unknown;
    return {
      counts: { unknown, again: 0, waiting: 0, left: 0 },
      calls: unknown * 15,
      dueUntil: new Date(Date.parse(request.dueFrom) + unknown * 10_000).toISOString(),
      next: end < books ? { offset: end, lastPk: String(end) } : null,
      problem: null,
      ...more,
    };
  };
  return { requests, target: fakeTarget({ invoke, accounts: async () => ['default', 'lending'] }) };
}

const backfill = ({ target }: Pick<ReturnType<typeof pollerWith>, 'target'>, options: string) =>
  ops(target, `backfill ${options}`);

it('books are counted first; then, after the question, made due part by part', async () => {
  const poller = pollerWith(250);
  const options = '--from 2026-01-01 --account lending --stage prod';
  const { document, text, plans } = await backfill(poller, options);
  expect(document).toMatchObject({
    ...{ from: '2026-01-01T00:00:00.000Z', to: null, unknown: 250, again: 0, waiting: 0, left: 0 },
    ...{ calls: 3750, dryRun: false, endsAt: expect.stringMatching(/^\d{4}-/) },
  });
  expect(plans).toEqual([
    expect.stringMatching(
      /^fetch 250 books that are not stored, and compare 0 again; 0 are due already\. About 3750 calls, done at about \d{4}-/,
    ),
  ]);
  expect(poller.requests.map(({ write, place }) => [write, place.offset])).toEqual([
    ...[0, 100, 200].map((offset) => [false, offset]),
    ...[0, 100, 200].map((offset) => [true, offset]),
  ]);
  const range = { fromTime: '2026-01-01T00:00:00.000Z' };
  expect(poller.requests[0]).toMatchObject({ account: 'lending', range, place: START });
  expect(text).toContain('"ops missing --stage prod"');
});

it('accounts share the rate limit: the books of one follow those of the other', async () => {
  const poller = pollerWith(150);
  const { document } = await backfill(poller, '--from pk-1');
  const written = poller.requests.filter(({ write }) => write);
  expect(written.map(({ account }) => account)).toEqual(['default', 'default', 'lending', 'lending']);
  const times = written.map(({ dueFrom }) => Date.parse(dueFrom));
  const [start = 0] = times;
  expect(times.map((at) => (at - start) / 1000)).toEqual([0, 1000, 1500, 2500]);
  expect(document).toMatchObject({ unknown: 300, endsAt: new Date(start + 3_000_000).toISOString() });
});

it('--dry-run asks nothing and writes nothing', async () => {
  const poller = pollerWith(5);
  const { document, text, plans } = await backfill(poller, '--from 90d --dry-run');
  expect(document).toMatchObject({ unknown: 10, dryRun: true });
  expect(text).toContain('nothing was changed');
  expect(plans).toEqual([]);
  expect(poller.requests.every(({ write }) => !write)).toBe(true);
});

it('where no book needs anything, nothing is asked', async () => {
  const poller = pollerWith(5, { counts: { unknown: 0, again: 0, waiting: 0, left: 5 } });
  const { document, text, plans } = await backfill(poller, '--from 90d');
  expect(document).toMatchObject({ left: 10, endsAt: null });
  expect(text).toContain('nothing to do');
  expect(plans).toEqual([]);
  expect((await backfill(pollerWith(0), '--from 90d')).text).toContain('Ocrolus lists no book of the range');
});

it('where it is stopped, it says how to go on', async () => {
  const poller = pollerWith(500);
  const { target } = poller;
  const invoke: typeof target.invoke = (name, event) => {
    if (BackfillRequest.parse(event).write && poller.requests.length > 5) process.emit('SIGINT');
    return target.invoke(name, event);
  };
  const stopping = { target: { ...target, invoke } };
  await expect(backfill(stopping, '--from 90d --account default')).rejects.toThrow(
    'interrupted: run it again for the other books',
  );
  expect(poller.requests.filter(({ write }) => write).length).toBeLessThan(5);
});

test.each([
  ['--from 2026-03-02 --to 2026-03-01', {}, '--to is before --from'],
  ['--from pk-20 --to pk-9', {}, '--to is before --from'],
  ['--from 90d --account other', {}, 'account is one of: default lending'],
  ['--from 90d', { problem: 'auth' }, 'account default: stopped by auth'],
  ['--from 90d', { counts: undefined, polled: 3 }, 'a version without backfill: deploy this one first'],
])('%j fails if the poller answers %j', async (options, answer, message) => {
  await expect(backfill(pollerWith(1, answer), options)).rejects.toThrow(message);
});
