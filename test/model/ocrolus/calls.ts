import type { Circuit } from '../checklist/lines.ts';
import { NOT_SERVED_AFTER } from '../checklist/times.ts';
import type { Body, Digest } from '../table/items.ts';
import { DOCS, type Doc, shownRevision, type Truth } from './truth.ts';

/** Answers of Ocrolus at a moment. `undefined`: not yet. */

export function bookStatus({ book, docs, shownBefore }: Truth, now: number): Digest {
  if (shownBefore !== undefined && now < shownBefore.until)
    return { book: shownBefore.book, docs: shownBefore.docs };
  return { book, docs: { X: docs.X.status, Y: docs.Y.status } };
}

export function forms({ docs, withheld }: Truth, doc: Doc): Body | undefined {
  const { status, revision } = docs[doc];
  return status === 'verified' && withheld !== doc ? { [doc]: revision } : undefined;
}

export function computed(truth: Truth, kind: 'summary' | 'income', now: number): Body | undefined {
  const revision = shownRevision(truth[kind], now);
  return truth[kind].isReady && revision > 0 ? { [kind]: revision } : undefined;
}

export function page({ rows }: Truth, index: number): { revision: number; total: number } | undefined {
  const revision = rows[index];
  return revision === undefined ? undefined : { revision, total: rows.length };
}

/** Documents that Detect lists; revision 0 is being analyzed. */
export function detected({ detect }: Truth, now: number): Body {
  return Object.fromEntries(
    DOCS.filter((doc) => now >= detect[doc].listedFrom).map((doc) => [doc, detect[doc].revision]),
  );
}

export function isRefused({ circuit }: Truth, now: number): boolean {
  return circuit !== undefined && !circuit.isLacking && now < circuit.until;
}

/** Effect of the account's other books on the circuit. */
export function circuitOf({ circuit }: Truth, clock: number): Circuit {
  if (circuit === undefined || clock >= circuit.until)
    return { isOpen: false, isNotServed: false, isLacking: false };
  return {
    isOpen: true,
    isNotServed: clock - circuit.since >= NOT_SERVED_AFTER,
    isLacking: circuit.isLacking,
  };
}
