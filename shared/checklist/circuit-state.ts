import type { Timing } from './times.ts';

/** The state of the circuit of a kind (docs/decisions/0016). */
export type CircuitState =
  | { readonly state: 'closed' }
  /** Nothing is asked. */
  | { readonly state: 'open'; readonly since: string; readonly code: string }
  /** Open, and a call is due that finds out whether it can be closed: the caller must take the right to it first. */
  | { readonly state: 'canary'; readonly since: string; readonly code: string };

/** A kind that Ocrolus has refused for a day to every book of the account is not part of the lender's contract. */
export const NOT_SERVED = 'not-served';

/** Whether a kind counts as not served to the account. */
export function isNotServed(circuit: CircuitState, { now, times }: Timing): boolean {
  return circuit.state !== 'closed' && now - Date.parse(circuit.since) >= times.notServed;
}
