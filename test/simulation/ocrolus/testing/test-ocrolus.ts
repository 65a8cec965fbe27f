import { Heap } from '../../kernel/schedule/scheduler.ts';
import type { SimulatedDelivery } from '../life/script.ts';
import { createOcrolus } from '../ocrolus.ts';
import { DEFAULT_PROFILE, type Profile } from '../profile.ts';
import { createRandom } from '../random.ts';

const START = Date.UTC(2026, 0, 1);

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

  return {
    ...model,
    deliveries,
    now: () => now,
    /** Does everything that is due within so many milliseconds. */
    advance: (milliseconds: number) => {
      const end = now + milliseconds;
      for (let next = queue.peek(); next !== undefined && next.at <= end; next = queue.peek()) {
        queue.pop();
        now = Math.max(now, next.at);
        next.work();
      }
      now = end;
    },
    get: (path: string, query: Record<string, string>, account: string) =>
      model.answer({
        method: 'GET',
        path,
        query: new URLSearchParams(query),
        token: token(account),
        account,
      }),
  };
}
