import { KINDS, type Policy, type ResultKind, type Want } from '../events/result-kinds.ts';
import { DELETED, FORGOTTEN, NOT_FOUND, UNLISTED } from '../events/statuses.ts';
import { iso } from '../time.ts';
import { type CircuitState, isExempt, isNotServed } from './circuit-state.ts';
import { type Entries, type Entry, NO_ENTRY, wantOf } from './entry.ts';
import { BOOK_KINDS, CLASSIFY_ONLY, DOCUMENT_KINDS, isDocumentKind, type ResultsPolicy } from './kinds.ts';
import { isCaptured } from './observation.ts';
import type { Timing } from './times.ts';

/** What decides, in addition to a book and its documents, which results they should have. */
export interface Rules extends Timing {
  readonly policy: ResultsPolicy;
  readonly circuit: (kind: ResultKind) => CircuitState;
}

/** A line of the checklist: an entry that applies. */
export interface Line {
  readonly want: Want;
  readonly entry: Entry;
  /** The mark that an answer must have to close it: the entry's, or 1 where the policy wants the result anyway. */
  readonly wanted: number;
  /** The kind is part of the lender's contract, as far as is known. Otherwise the line is neither missing nor asked for. */
  readonly isServed: boolean;
}

/** The attributes of a book that decide what it should have. */
export interface CheckedBook {
  readonly bookId: string;
  readonly status?: string | undefined;
  readonly bookClass?: string | undefined;
  /** Since when capture has ended. */
  readonly endedAt?: string | undefined;
  /** Some document has results. */
  readonly hasResults?: boolean | undefined;
  readonly entries: Entries;
}

/** The attributes of a document that decide what it should have. */
export interface CheckedDocument {
  readonly docUuid: string;
  readonly status: string;
  readonly mixed?: boolean | undefined;
  readonly observedAt: string;
  readonly entries: Entries;
}

/**
 * The policy for a kind of result of a book, or of one of its documents.
 *
 * @param classes how Ocrolus processes the book, and the document where it says so (docs/ocrolus.md#book-classes).
 */
export function policyFor(
  policy: ResultsPolicy,
  kind: ResultKind,
  classes: { readonly book: string | undefined; readonly document?: string | undefined },
): Policy {
  const own = policy[kind];
  if (own === 'never') return own;
  // A captured document has them, whatever its class and the class of its book.
  if (isDocumentKind(kind)) return 'always';
  if (classes.book === CLASSIFY_ONLY) return kind === 'classification' ? 'always' : 'announced';
  return own;
}

/** All lines of a book and of some of its documents. */
export function linesOf(book: CheckedBook, documents: readonly CheckedDocument[], rules: Rules): Line[] {
  return [
    ...linesOfBook(book, rules),
    ...documents.flatMap((document) => linesOfDocument(document, book, rules)),
  ];
}

/** The results of the book itself, of its requests and of its businesses. */
export function linesOfBook(book: CheckedBook, rules: Rules): Line[] {
  if (isGone(book.status)) return [];
  const names = new Set([...Object.keys(book.entries), ...BOOK_KINDS]);
  return [...names].flatMap((name): Line[] => {
    const want = wantOf(name, book.bookId);
    const entry = book.entries[name] ?? NO_ENTRY;
    const policy = policyFor(rules.policy, want.kind, { book: book.bookClass });
    if (policy === 'never') return [];
    const isWanted = policy === 'always' && name === want.kind && mayHave(book, want.kind);
    return [lineOf(want, entry, isWanted ? 1 : 0, rules)];
  });
}

/** Analytics and the like exist only where some document has results; a classification exists anyway. */
export function mayHave({ endedAt, hasResults }: CheckedBook, kind: ResultKind): boolean {
  return endedAt !== undefined && (hasResults === true || kind === 'classification');
}

/** The results of one document. Its signals are a line only where an event has named them. */
export function linesOfDocument(document: CheckedDocument, book: CheckedBook, rules: Rules): Line[] {
  if (isGone(book.status) || isGone(document.status)) return [];
  const kinds = [...(isCaptured(document) ? DOCUMENT_KINDS : []), 'signals'] as const;
  return kinds.flatMap((kind): Line[] => {
    const want = { kind, subject: document.docUuid };
    const entry = document.entries[kind];
    if (policyFor(rules.policy, kind, { book: book.bookClass }) === 'never') return [];
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

/** Whether the circuit of its kind is open, and does not let this line be asked for. */
export function isSuppressed({ want, entry, wanted }: Line, rules: Rules): boolean {
  const circuit = rules.circuit(want.kind);
  return circuit.state !== 'closed' && !isExempt(circuit, entry, wanted);
}

/** Nothing is asked about it. */
export function isGone(status: string | undefined): boolean {
  return status === DELETED || status === UNLISTED || status === NOT_FOUND || status === FORGOTTEN;
}

/** It is missing. */
export function isOpen({ entry, wanted, isServed }: Line): boolean {
  return isServed && entry.answered < wanted;
}

/** It is open, and nothing has asked for its last mark yet. */
export function isUntried(line: Line): boolean {
  return isOpen(line) && (line.entry.tried ?? 0) < line.wanted;
}

/** It is asked for now: it is open, or a probe. */
export function isDue(line: Line, now: number): boolean {
  const { nextAt } = line.entry;
  return isUntried(line) || (line.isServed && nextAt !== undefined && nextAt <= iso(now));
}

/** Open, and asked for monthly at most: for the horizon, no request has brought anything. */
export function isExpired(line: Line, { times }: Timing): boolean {
  const { since, nextAt } = line.entry;
  if (!isOpen(line) || isUntried(line) || since === undefined) return false;
  return nextAt === undefined || Date.parse(nextAt) - Date.parse(since) > times.horizon + times.month;
}

/** Whether a kind is computed from what the documents contain. */
export function isDerived(kind: ResultKind): boolean {
  return KINDS[kind].derived === true;
}
