import { BOOK_NOT_FOUND, BOOK_OF_ANOTHER } from '../events/statuses.ts';
import type { Entry } from './entry.ts';
import type { Timing } from './times.ts';

/** The state of the circuit of a kind (docs/decisions/0028). */
export type CircuitState =
  | { readonly state: 'closed' }
  /** Nothing is asked. */
  | { readonly state: 'open'; readonly since: string; readonly code: string }
  /** Open, and a call is due that finds out whether it can be closed: the caller must take the right to it first. */
  | { readonly state: 'canary'; readonly since: string; readonly code: string };

/** Codes of a book, or a result of it, that is not there: they say nothing about the account (docs/ocrolus.md#error-codes). */
const ABOUT_A_BOOK: ReadonlySet<string> = new Set([
  BOOK_NOT_FOUND,
  BOOK_OF_ANOTHER,
  '2104',
  '2107',
  '2108',
  '1501',
  '2301',
  'http-400',
  'http-404',
]);

/** Whether other books were refused because they lack the result, which says nothing about a book that may have it. */
export function isOnlyMissing(circuit: CircuitState): boolean {
  return circuit.state !== 'closed' && ABOUT_A_BOOK.has(circuit.code);
}

/** A kind that Ocrolus has refused for a day to every book of the account is not part of the lender's contract. */
export function isNotServed(circuit: CircuitState, timing: Timing): boolean {
  return notServedAt(circuit, timing) <= timing.now;
}

/** From when on it counts as such, in Unix milliseconds. */
export function notServedAt(circuit: CircuitState, { times }: Timing): number {
  return circuit.state === 'closed' ? Number.POSITIVE_INFINITY : Date.parse(circuit.since) + times.notServed;
}

/**
 * Whether an entry is asked for although the circuit of its kind is open: if other books lack the result, that says nothing about
 * this one, until it was refused itself since its last mark.
 *
 * @param wanted the mark that an answer must have to close it.
 */
export function isExempt(circuit: CircuitState, entry: Entry, wanted: number): boolean {
  const { answered, tried = 0, tries = 0, code = '' } = entry;
  const isRefused = tried >= wanted && tries > 0 && ABOUT_A_BOOK.has(code);
  return isOnlyMissing(circuit) && answered < wanted && !isRefused;
}
