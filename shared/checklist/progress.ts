import type { ResultKind } from '../events/catalog.ts';
import type { Entries, Entry } from './entry.ts';

/** The progress of one part of Ocrolus's work on a book, as readers see it. */
export interface Progress {
  readonly state: string;
  readonly at: string;
  readonly reason?: string;
}

const ANALYTICS: readonly ResultKind[] = ['summary', 'cash-flow', 'enriched-transactions'];

/**
 * The progress that a book shows for its results, derived from its entries: `available` once something is stored in
 * this generation, `unavailable` when Ocrolus has permanently refused all of it. Version 1 analytics do not count.
 */
export function progressOf(entries: Entries, generation: number) {
  const of = (kinds: readonly ResultKind[]) =>
    progress(kinds.flatMap((kind) => entries[kind] ?? []).filter((entry) => entry.version === generation));
  return { analytics: of(ANALYTICS), detect: of(['signals']), income: of(['income']) };
}

function progress(entries: readonly Entry[]): Progress | undefined {
  const stored = entries.filter(({ state }) => state === 'stored');
  const latest = (some: readonly Entry[]) => some.map(({ at, since }) => at ?? since).reduce(max, '');
  if (stored.length > 0) return { state: 'available', at: latest(stored) };
  const [first] = entries;
  if (first === undefined || entries.some(({ state }) => state !== 'unavailable')) return undefined;
  return { state: 'unavailable', at: latest(entries), reason: first.code ?? 'unknown' };
}

function max(a: string, b: string): string {
  return a > b ? a : b;
}
