import type { Random } from '../kernel/random.ts';
import { HOUR } from '../ocrolus/random.ts';
import type { Core } from './core.ts';

/** An operator who was alarmed needs so long after an outage. */
const REDRIVEN_AFTER: readonly [number, number] = [HOUR, 12 * HOUR];

/**
 * Lets an operator send the dead letters of an outage back to their queues (`ops redrive --all`), some hours after its end.
 *
 * @returns when that is.
 */
export function redriveAfter({ simulation, queues }: Core, endsAt: number, random: Random): number {
  const at = endsAt + random.within(REDRIVEN_AFTER);
  simulation.scheduler.at(at, () => {
    for (const queue of queues.all()) {
      if (!queue.url.endsWith('-dlq')) continue;
      queue.moveAllTo(queues.of(queue.url.replace(/-dlq$/, '')));
    }
  });
  return at;
}
