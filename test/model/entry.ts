/** Entries of the checklist (shared/checklist). Clocks are in minutes, marks in thousandths of them. */

export const HOUR = 60;
export const DAY = 24 * HOUR;
export const MONTH = 30 * DAY;
export const YEAR = 365 * DAY;
/** Time that an announcement may take before its result is asked for. */
export const GRACE = 10;
/** Longer than a function can run; and events that repeat within so long are copies. */
export const FIFTEEN = 15;
export const SOON = 5;
export const LONGEST = 6 * HOUR;
const PROBES = [DAY, 3 * DAY, 10 * DAY];

/** One result that a book or a document should have (shared/checklist/entry.ts). */
export interface Entry {
  readonly wanted: number;
  readonly answered: number;
  readonly isStored?: boolean;
  readonly at?: number | undefined;
  readonly tried?: number | undefined;
  readonly tries?: number | undefined;
  readonly since?: number | undefined;
  readonly nextAt?: number | undefined;
}

/** The mark that was read before a request, and when it started. */
export interface Pair {
  readonly wanted: number;
  readonly at: number;
}

export interface Answer extends Pair {
  readonly outcome: 'stored' | 'not-yet' | 'failed';
}

export const NO_ENTRY: Entry = { wanted: 0, answered: 0 };

/** The result may be new, a delivery says. */
export function mark(entry: Entry = NO_ENTRY, clock: number): Entry {
  return { ...entry, wanted: Math.max(Math.round(clock * 1000), entry.wanted + 1) };
}

/** Something that was observed says so: it is asked for after the grace time, unless an event has announced it already. */
export function markLater(entry: Entry = NO_ENTRY, clock: number, nextAt = clock + GRACE): Entry {
  const { since: _, ...rest } = entry;
  const { wanted } = mark(entry, clock);
  const isUntried = entry.answered < entry.wanted && (entry.tried ?? 0) < entry.wanted;
  return isUntried ? { ...rest, wanted } : { ...rest, wanted, tried: wanted, tries: 0, nextAt };
}

/** True if an answer replaces the stored one. */
export function isLater({ wanted, at }: Pair, kept: Pair): boolean {
  return wanted > kept.wanted || (wanted === kept.wanted && at > kept.at);
}

/** The entry after an answer (shared/checklist/answer.ts); it may have been marked since the request. */
export function afterAnswer(
  entry: Entry = NO_ENTRY,
  answer: Answer,
  { clock, endedAt }: { readonly clock: number; readonly endedAt?: number | undefined },
): Entry {
  const { outcome, wanted, at } = answer;
  if (outcome === 'stored') {
    if (!isLater(answer, { wanted: entry.answered, at: entry.at ?? 0 })) return entry;
    const { tried = 0, tries, since, nextAt, ...rest } = entry;
    const closed = { ...rest, answered: wanted, isStored: true, at };
    return tried > wanted ? { ...closed, tried, tries, since, nextAt } : closed;
  }
  if (entry.answered >= wanted) {
    const isProbe = entry.nextAt !== undefined && entry.answered >= entry.wanted;
    return isProbe ? { ...entry, nextAt: nextProbe(clock, endedAt ?? clock, outcome) } : entry;
  }
  if (wanted < (entry.tried ?? 0)) return entry;
  const { since = clock, tries = 0 } = wanted === entry.tried ? entry : NO_ENTRY;
  const wait = nextTryIn(tries + 1, clock - since, outcome);
  const nextAt = wait === undefined ? undefined : clock + wait;
  return { ...entry, tried: wanted, tries: tries + 1, since, nextAt };
}

/** A probe that failed is repeated for a day. @returns `undefined` after the last one. */
function nextProbe(clock: number, endedAt: number, outcome: Answer['outcome']): number | undefined {
  const age = clock - endedAt;
  const isRecent = PROBES.some((delay) => age >= delay && age < delay + DAY);
  if (outcome === 'failed' && isRecent) return clock + HOUR;
  return PROBES.map((delay) => endedAt + delay).find((at) => at > clock);
}

/** After how long a request that brought nothing is repeated. @returns `undefined`: no more. */
function nextTryIn(tries: number, age: number, outcome: Answer['outcome']): number | undefined {
  if (age > YEAR) return undefined;
  if (age > MONTH) return MONTH;
  return Math.min(SOON * 2 ** Math.min(tries - 1, 10), outcome === 'failed' ? HOUR : LONGEST);
}
