import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Call } from './calls.ts';

/** Rules for the calculation of income (docs/ocrolus.md#request-parameters). */
export const GUIDELINES = ['FANNIE_MAE', 'FREDDIE_MAC', 'FHA', 'VA', 'USDA'] as const;

/** Parameters that the stage adds to calls, by operation: the lender's choice of what a result has. */
export type Parameters = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const Parameters = z.record(z.string(), z.record(z.string(), z.string()));

/** Operation whose parameters concern the results of each document. */
const OF_DOCUMENTS = 'doc-form-data';

/** Adds the stage's parameters to a call. */
export function withParameters<C extends Call>(call: C, parameters: Parameters): C {
  const own = parameters[call.operation];
  return own === undefined ? call : { ...call, query: { ...call.query, ...own } };
}

/** Short hashes of the parameters, absent if there are none. If one changes, results are asked for again. */
export function hashesOf(parameters: Parameters): {
  readonly book: string | undefined;
  readonly document: string | undefined;
} {
  const own = parameters[OF_DOCUMENTS];
  const isNone = Object.keys(parameters).length === 0;
  return { book: isNone ? undefined : hashOf(parameters), document: own && hashOf(own) };
}

/** @param parameters their order does not matter. */
function hashOf(parameters: object): string {
  const text = JSON.stringify(parameters, (_, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  return hash('sha256', text, 'base64url').slice(0, 8);
}
