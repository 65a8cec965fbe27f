import type { DeliveryFaults } from '../../../infra/local/ocrolus/index.ts';
import type { FaultContext } from './context.ts';

const LONGEST_MS = 1500;

/** Of how many books one is silent: every delivery that names it by uuid is lost. The first is the fourth book. */
const SILENT_EVERY = 8;
const FIRST_SILENT = 3;

const BOOK_UUID = /"book_uuid":"([0-9a-f-]{36})"/;

/** What becomes of deliveries on their way. */
export function deliveryFaults({ profile, random, tally }: FaultContext): DeliveryFaults {
  /** Books in the order of their first delivery. */
  const books = new Map<string, number>();
  const isOfSilentBook = (body: string) => {
    const uuid = BOOK_UUID.exec(body)?.[1];
    if (uuid === undefined) return false;
    const nth = books.get(uuid) ?? books.size;
    books.set(uuid, nth);
    return nth % SILENT_EVERY === FIRST_SILENT;
  };
  return (_eventName, body) => {
    const [drop = 1, duplicate = 1, sameId = 1, delay = 1, wait = 0, reorder = 1] = Array.from(
      { length: 6 },
      random,
    );
    const isSilent = profile.has('silent-books') && isOfSilentBook(body);
    const lost = isSilent || (profile.has('lost') && drop < 0.05);
    const duplicated = profile.has('duplicated') && duplicate < 0.1;
    const delayed = profile.has('delayed') && delay < 0.1;
    const reordered = profile.has('reordered') && reorder < 0.1;
    if (lost) tally.add(isSilent ? 'silent-books' : 'lost');
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
