import { KINDS, type Policy, type ResultKind, type Want } from '../events/result-kinds.ts';
import { DELETED, FORGOTTEN, isClassifying, NOT_FOUND, UNLISTED } from '../events/statuses.ts';
import { iso } from '../time.ts';
import { type CircuitState, isExempt, isNotServed } from './circuit-state.ts';
import { type Entries, type Entry, NO_ENTRY, wantOf } from './entry.ts';
import { BOOK_KINDS, DOCUMENT_KINDS, isDocumentKind, type ResultsPolicy } from './kinds.ts';
import { isCaptured } from './observation.ts';
import type { Timing } from './times.ts';

/** Rules that decide, together with a book and its documents, which results are expected. */
export interface Rules extends Timing {
  readonly policy: ResultsPolicy;
  readonly circuit: (kind: ResultKind) => CircuitState;
}

/** A line of the checklist: an entry that applies. */
export interface Line {
  readonly want: Want;
  readonly entry: Entry;
  /** Mark that closes the line: the entry's, or 1 if the policy wants a result that nothing has marked. */
  readonly wanted: number;
  /** False if the lender's contract seems not to include the kind: then the line is neither missing nor asked for. */
  readonly isServed: boolean;
}

/** Attributes of a book that decide which results it should have. */
export interface CheckedBook {
  readonly bookId: string;
  readonly status?: string | undefined;
  readonly bookClass?: string | undefined;
  /** Time since which capture has ended. */
  readonly endedAt?: string | undefined;
  /** At least one document has results. */
  readonly hasResults?: boolean | undefined;
  readonly entries: Entries;
}

/** Attributes of a document that decide which results it should have. */
export interface CheckedDocument {
  readonly docUuid: string;
  readonly status: string;
  readonly mixed?: boolean | undefined;
  readonly observedAt: string;
  readonly entries: Entries;
}

/**
 * The policy for a kind of result of a book, or of one of its documents. What a document has follows from its status,
 * in a book of every class; a book has a classification if Ocrolus only classifies some documents of it.
 *
 * @param bookClass how Ocrolus processes the book, where it says so (docs/ocrolus.md#book-classes).
 */
export function policyFor(policy: ResultsPolicy, kind: ResultKind, bookClass: string | undefined): Policy {
  const own = policy[kind];
  if (own === 'never') return own;
  const isExpected = isDocumentKind(kind) || (kind === 'classification' && isClassifying(bookClass));
  return isExpected ? 'always' : own;
}

/** All lines of a book and of some of its documents. */
export function linesOf(book: CheckedBook, documents: readonly CheckedDocument[], rules: Rules): Line[] {
  return [
    ...linesOfBook(book, rules),
    ...documents.flatMap((document) => linesOfDocument(document, book, rules)),
  ];
}

/** Lines of the book itself, of its requests and of its businesses. */
export function linesOfBook(book: CheckedBook, rules: Rules): Line[] {
  if (isGone(book.status)) return [];
  const names = new Set([...Object.keys(book.entries), ...BOOK_KINDS]);
  return [...names].flatMap((name): Line[] => {
    const want = wantOf(name, book.bookId);
    const entry = book.entries[name] ?? NO_ENTRY;
    const policy = policyFor(rules.policy, want.kind, book.bookClass);
    if (policy === 'never') return [];
    const isWanted = policy === 'always' && name === want.kind && mayHave(book, want.kind);
    return [lineOf(want, entry, isWanted ? 1 : 0, rules)];
  });
}

/** True if a book whose capture has ended can have the kind: all but a classification need a document with results. */
export function mayHave({ endedAt, hasResults }: CheckedBook, kind: ResultKind): boolean {
  return endedAt !== undefined && (hasResults === true || kind === 'classification');
}

/** Lines of one document. Its signals have a line only if an event has named them. */
export function linesOfDocument(document: CheckedDocument, book: CheckedBook, rules: Rules): Line[] {
  if (isGone(book.status) || isGone(document.status)) return [];
  const kinds = [...(isCaptured(document) ? DOCUMENT_KINDS : []), 'signals'] as const;
  return kinds.flatMap((kind): Line[] => {
    const want = { kind, subject: document.docUuid };
    const entry = document.entries[kind];
    if (policyFor(rules.policy, kind, book.bookClass) === 'never') return [];
    if (kind === 'signals') return entry === undefined ? [] : [lineOf(want, entry, 0, rules)];
    if (entry !== undefined) return [lineOf(want, entry, 1, rules)];
    const nextAt = iso(Date.parse(document.observedAt) + rules.times.grace);
    return [lineOf(want, { ...NO_ENTRY, tried: 1, tries: 0, nextAt }, 1, rules)];
  });
}

function lineOf(want: Want, entry: Entry, atLeast: number, rules: Rules): Line {
  const circuit = rules.circuit(want.kind);
  const wanted = Math.max(entry.wanted, atLeast);
  const isServed = !isNotServed(circuit, rules) || isExempt(circuit, entry, wanted);
  return { want, entry, wanted, isServed };
}

/** True if the open circuit of its kind suppresses requests for this line. */
export function isSuppressed({ want, entry, wanted }: Line, rules: Rules): boolean {
  const circuit = rules.circuit(want.kind);
  return circuit.state !== 'closed' && !isExempt(circuit, entry, wanted);
}

/** True if Ocrolus is no longer asked about the book or document. */
export function isGone(status: string | undefined): boolean {
  return status === DELETED || status === UNLISTED || status === NOT_FOUND || status === FORGOTTEN;
}

/** True if the result is missing. */
export function isOpen({ entry, wanted, isServed }: Line): boolean {
  return isServed && entry.answered < wanted;
}

/** True if the result is missing and nothing has asked for its last mark. */
export function isUntried(line: Line): boolean {
  return isOpen(line) && (line.entry.tried ?? 0) < line.wanted;
}

/** True if the line is asked for now, because it is open or as a probe. */
export function isDue(line: Line, now: number): boolean {
  const { nextAt } = line.entry;
  return isUntried(line) || (line.isServed && nextAt !== undefined && nextAt <= iso(now));
}

/** True if the line is open, but asked for monthly at most: requests had no success for the horizon. */
export function isExpired(line: Line, { times }: Timing): boolean {
  const { since, nextAt } = line.entry;
  if (!isOpen(line) || isUntried(line) || since === undefined) return false;
  return nextAt === undefined || Date.parse(nextAt) - Date.parse(since) > times.horizon + times.month;
}

/** True if Ocrolus computes the kind from what the documents contain. */
export function isDerived(kind: ResultKind): boolean {
  return KINDS[kind].derived === true;
}
