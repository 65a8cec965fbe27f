import { isOfCredentials, NOT_THERE } from '../events/statuses.ts';
import type { Entry } from './entry.ts';
import type { Timing } from './times.ts';

/** State of the circuit of a kind (docs/decisions/0028). */
export type CircuitState =
  | { readonly state: 'closed' }
  /** Requests are suppressed. */
  | { readonly state: 'open'; readonly since: string; readonly code: string }
  /** Open, and due for a call that finds out if it can be closed. The caller must first acquire the right to it. */
  | { readonly state: 'canary'; readonly since: string; readonly code: string };

/**
 * Codes for a missing book, or a missing result of it, which do not concern the account
 * (docs/ocrolus.md#error-codes).
 */
const ABOUT_A_BOOK: ReadonlySet<string> = new Set([...NOT_THERE, 'http-400', 'http-404']);

/** True if other books were refused because they lack the result: this says nothing about a book that may have it. */
export function isOnlyMissing(circuit: CircuitState): boolean {
  return circuit.state !== 'closed' && isAboutBook(circuit.code);
}

/** True if a refusal with this code concerns one book only. */
export function isAboutBook(code: string): boolean {
  return ABOUT_A_BOOK.has(code);
}

/** True if a refusal has only a status of HTTP, such as `http-403`: it may come from a proxy, and says nothing of the contract. */
export function hasNoCode(code: string): boolean {
  return code.startsWith('http-');
}

/** True if Ocrolus has refused the kind for a day to every book: the lender's contract does not include it. */
export function isNotServed(circuit: CircuitState, timing: Timing): boolean {
  return notServedAt(circuit, timing) <= timing.now;
}

/**
 * Unix milliseconds from which the kind counts as not served. Refused credentials say nothing about the contract,
 * however long they are refused: then it is never reached, and says when to look again.
 */
export function notServedAt(circuit: CircuitState, { now, times }: Timing): number {
  if (circuit.state === 'closed') return Number.POSITIVE_INFINITY;
  if (isOfCredentials(circuit)) return now + times.canary;
  return Date.parse(circuit.since) + times.notServed;
}

/**
 * True if an entry is asked for although the circuit of its kind is open. That other books lack the result says
 * nothing about this one until it is refused itself after its last mark. If the refusals have no code, what an event has
 * announced is asked for once.
 *
 * @param wanted mark that an answer must have to close the entry.
 */
export function isExempt(circuit: CircuitState, entry: Entry, wanted: number): boolean {
  const { answered, tried = 0, tries = 0, code = '' } = entry;
  if (circuit.state === 'closed' || answered >= wanted) return false;
  if (tried < entry.wanted && hasNoCode(circuit.code)) return true;
  const isRefused = tried >= wanted && tries > 0 && isAboutBook(code);
  return isOnlyMissing(circuit) && !isRefused;
}
