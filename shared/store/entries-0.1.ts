import * as z from 'zod';
import type { Entry } from '../checklist/entry.ts';
import { isDocumentKind } from '../checklist/kinds.ts';
import type { ResultKind } from '../events/result-kinds.ts';

/**
 * Entries of version 0.1. They are read as current ones, and written in the new shape with the next write of their
 * item. To be removed with version 0.4.
 */
const EntryOf01 = z.object({
  state: z.enum(['probe', 'wanted', 'pending', 'stored', 'unavailable', 'expired']),
  version: z.number(),
  since: z.string(),
  attempts: z.number(),
  nextAt: z.string().optional(),
  code: z.string().optional(),
  at: z.string().optional(),
  job: z.string().optional(),
  jobAt: z.string().optional(),
});

/** Attributes that version 0.1 kept in `BOOK` and `DOC#…` beside the entries, and that are no longer needed. */
export const ATTRIBUTES_OF_01: ReadonlySet<string> = new Set(['settled', 'round', 'hold', 'version']);

export function isEntryOf01(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'version' in value;
}

/**
 * @param number the book's generation or the document's version: an entry with another one is void.
 * @returns `undefined` for an entry that no longer means anything.
 * @throws ZodError
 */
export function toEntry(name: string, value: unknown, number: number): Entry | undefined {
  const { version, state, since, attempts, nextAt, code, at, job, jobAt } = EntryOf01.parse(value);
  const [kind, subject] = name.split('#');
  const isOfDocument = isDocumentKind(kind as ResultKind);
  // An event named a document that was not known. Each document is asked for its results anyway.
  if (subject !== undefined && isOfDocument) return undefined;
  if (version !== number) return state === 'stored' && !isOfDocument ? { wanted: 1, answered: 0 } : undefined;
  if (state === 'probe') return { wanted: 0, answered: 0, nextAt };
  if (state === 'stored' || state === 'unavailable') {
    return { wanted: 1, answered: code === 'not-served' ? 0 : 1, state, at: at ?? since, code };
  }
  const isTried = nextAt !== undefined || state === 'expired';
  return {
    wanted: 1,
    answered: 0,
    ...(isTried && { tried: 1, tries: attempts, since, nextAt }),
    code,
    job: job === undefined ? undefined : { id: job, wanted: 1, at: jobAt ?? since },
  };
}
