import type { ResultKind } from '../events/result-kinds.ts';
import type { Entries, Entry } from './entry.ts';

/** The progress of one part of Ocrolus's work on a book, as readers see it. */
export interface Progress {
  readonly state: string;
  readonly at: string;
  readonly reason?: string;
}

const ANALYTICS: readonly ResultKind[] = ['summary', 'cash-flow', 'enriched-transactions'];

/**
 * The progress that a book shows for its results, derived from its entries: `available` once something is stored that is not
 * older than the book's last change, `unavailable` when Ocrolus has permanently refused all of it. Version 1 analytics do
 * not count.
 */
export function progressOf(entries: Entries, changedAt = '', isReopened = false) {
  const isCurrent = ({ wanted, answered, at = '' }: Entry) =>
    at >= changedAt || (answered >= wanted && !isReopened);
  const of = (kinds: readonly ResultKind[]) =>
    progress(
      kinds.flatMap((kind) => entries[kind] ?? []),
      isCurrent,
    );
  return { analytics: of(ANALYTICS), detect: of(['signals']), income: of(['income']) };
}

function progress(all: readonly Entry[], isCurrent: (entry: Entry) => boolean): Progress | undefined {
  const latest = (some: readonly Entry[]) => some.reduce((last, { at = '' }) => (at > last ? at : last), '');
  const stored = all.filter((entry) => entry.state === 'stored' && isCurrent(entry));
  if (stored.length > 0) return { state: 'available', at: latest(stored) };
  const [first] = all;
  const isRefused = all.every((entry) => entry.state === 'unavailable' && isCurrent(entry));
  if (first === undefined || !isRefused) return undefined;
  return { state: 'unavailable', at: latest(all), reason: first.code ?? 'unknown' };
}
