import type { DeliveryFaults } from '../simulator/index.ts';
import type { Sky } from './mishaps.ts';

const LONGEST_MS = 1500;

/** What becomes of deliveries on their way. */
export function fatesOf({ weather, random, tally }: Sky): DeliveryFaults {
  return () => {
    const [drop = 1, duplicate = 1, sameId = 1, delay = 1, wait = 0, reorder = 1] = Array.from(
      { length: 6 },
      random,
    );
    const lost = weather.has('lost') && drop < 0.05;
    const duplicated = weather.has('duplicated') && duplicate < 0.1;
    const delayed = weather.has('delayed') && delay < 0.1;
    const reordered = weather.has('reordered') && reorder < 0.1;
    if (lost) tally.add('lost');
    if (duplicated && !lost) tally.add('duplicated');
    if (delayed) tally.add('delayed');
    if (reordered) tally.add('reordered');
    return {
      drop: lost,
      duplicates: duplicated ? 1 : 0,
      duplicateRequestId: sameId < 0.5 ? 'same' : 'new',
      delayMs: delayed ? Math.floor(wait * LONGEST_MS) : 0,
      overtakenWithinMs: reordered ? LONGEST_MS : 0,
    };
  };
}
