import type { Reply } from '../../../../infra/local/ocrolus/model/reply.ts';
import { Heap } from '../../kernel/schedule/scheduler.ts';
import type { BookSpec } from '../life/draw.ts';
import type { SimulatedDelivery } from '../life/script.ts';
import { createOcrolus } from '../ocrolus.ts';
import { DEFAULT_PROFILE, NO_SHARES, type Profile, type Shares } from '../profile.ts';
import { createRandom } from '../random.ts';
import type { ResultTruth } from '../truth.ts';

export type TestOcrolus = ReturnType<typeof createTestOcrolus>;

export const START = Date.UTC(2026, 0, 1);

/** An Ocrolus with a clock of its own: what is scheduled is done in the order of time, then of scheduling. */
export function createTestOcrolus(profile: Partial<Profile> = {}, seed = 1) {
  let now = START;
  let order = 0;
  const queue = new Heap<{ readonly at: number; readonly order: number; readonly work: () => void }>(
    (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order),
  );
  const deliveries: SimulatedDelivery[] = [];
  const model = createOcrolus({
    random: createRandom(seed),
    now: () => now,
    schedule: (at, work) => {
      order += 1;
      queue.push({ at, order, work });
    },
    deliver: (delivery) => deliveries.push(delivery),
    profile: { ...DEFAULT_PROFILE, books: 0, ...profile },
  });
  const token = (account: string): string | undefined => {
    const query = new URLSearchParams();
    const { body } = model.answer({ method: 'POST', path: '/oauth/token', query, token: undefined, account });
    return /"access_token":"([^"]+)"/.exec(body)?.[1];
  };

  const runUntil = (end: number) => {
    for (let next = queue.peek(); next !== undefined && next.at <= end; next = queue.peek()) {
      queue.pop();
      now = Math.max(now, next.at);
      next.work();
    }
  };

  return {
    ...model,
    deliveries,
    now: () => now,
    /** Does everything that is due within so many milliseconds. */
    advance: (milliseconds: number) => {
      const end = now + milliseconds;
      runUntil(end);
      now = end;
    },
    /** Does everything until nothing more is scheduled, but no longer than a year. */
    settle: () => runUntil(START + 366 * 86_400_000),
    get: (path: string, query: Record<string, string> | URLSearchParams = {}, account = 'alpha') =>
      model.answer({
        method: 'GET',
        path,
        query: new URLSearchParams(query),
        token: token(account),
        account,
      }),
    names: () => deliveries.map(({ eventName }) => eventName),
  };
}

/** A book of the account `alpha` without surprises, except those named. */
export function quietBook(shares: Partial<Shares> = {}, more: BookSpec = {}): BookSpec {
  return { account: 'alpha', documents: 3, ...more, shares: { ...NO_SHARES, instant: 1, ...shares } };
}

export const statusOf = (ocrolus: TestOcrolus, uuid: string, account = 'alpha'): Reply =>
  ocrolus.get('/v1/book/status', { book_uuid: uuid }, account);

export const codeOf = (body: string): number => Number(/"code":(\d+)/.exec(body)?.[1]);

export function resultOf(ocrolus: TestOcrolus, uuid: string, kind: string): ResultTruth {
  const found = ocrolus.truth(uuid).results.find((known) => known.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}
