import type { Entries, Entry } from '../checklist/entry.ts';
import { CAPTURE_KINDS, DOCUMENT_KINDS, type ResultsPolicy } from '../checklist/kinds.ts';
import { isOpen, type Line } from '../checklist/lines.ts';
import type { ResultKind } from '../events/result-kinds.ts';
import { DELETED, NOT_FOUND } from '../events/statuses.ts';
import type { Book } from '../store/books.ts';
import { iso } from '../time.ts';

/** Expected results of a book, and the extent to which its documents were read. */
export interface Checked {
  /** Lines of the book, and of the documents that were read. */
  readonly lines: readonly Line[];
  /** All documents were read. */
  readonly isWhole: boolean;
  /** All documents could be read, and are finished. */
  readonly isDone: boolean;
  readonly policy: ResultsPolicy;
}

/** Derives what readers see: the missing results, whether the book is complete, and the progress of each part. */
export function withProgress(book: Book, { lines, isWhole, isDone, policy }: Checked, now: number): Book {
  const missing = new Set(lines.filter(isOpen).map(({ want }) => want.kind));
  const unread = isWhole ? [] : openOfUnread(book, policy);
  const open = [...new Set([...missing, ...unread])].sort();
  const isUnknown = book.status === DELETED || book.status === NOT_FOUND || book.observedAt === undefined;
  const complete = book.endedAt !== undefined && isDone && open.length === 0;
  // In a reopened book, stored results are of an earlier generation until it ends again, or if no document has
  // results any more.
  const isReopened = book.generation > 1 && (book.endedAt === undefined || book.hasResults !== true);
  return {
    ...book,
    ...progressOf(book.entries, book.changedAt, isReopened),
    ...captureOf(book, open, isWhole, now),
    open: isUnknown ? undefined : open,
    complete: isUnknown ? undefined : complete,
    completeAt: !isUnknown && complete ? book.completeAt : undefined,
  };
}

/** Kinds that unread documents may lack: those that they lacked before, or any if no look has found them whole. */
function openOfUnread({ open = [], endedAt, hasResults, capture }: Book, policy: ResultsPolicy) {
  const isKnown = endedAt === undefined || hasResults !== true || capture?.state === 'complete';
  const unknown = isKnown ? [] : DOCUMENT_KINDS.filter((kind) => policy[kind] !== 'never');
  return [...open.filter(isOfDocuments), ...unknown];
}

function isOfDocuments(kind: ResultKind): boolean {
  return kind === 'signals' || DOCUMENT_KINDS.some((one) => one === kind);
}

/** Progress of capture: complete if every document, as far as read, has its forms and transactions. */
function captureOf(book: Book, open: readonly ResultKind[], isWhole: boolean, now: number) {
  if (book.endedAt === undefined) return {};
  const isMissing = CAPTURE_KINDS.some((kind) => open.includes(kind));
  const known = isWhole ? 'complete' : (book.capture?.state ?? 'partial');
  const state = isMissing ? 'partial' : known;
  return { capture: book.capture?.state === state ? book.capture : { state, at: iso(now) } };
}

/** The progress of one part of Ocrolus's work on a book, as readers see it. */
export interface Progress {
  readonly state: string;
  readonly at: string;
  readonly reason?: string;
}

const ANALYTICS: readonly ResultKind[] = ['summary', 'cash-flow', 'enriched-transactions'];

/**
 * Derives the progress of a book's results from its entries: `available` once something is stored that is not older
 * than the book's last change, `unavailable` once Ocrolus has permanently refused all of it. Version 1 analytics do
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
