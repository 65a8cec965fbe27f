import type { Design } from '../design.ts';
import type { Doc } from '../ocrolus/truth.ts';
import { BOOK_KINDS, type BookItem, type BookKind, type DocItem, type DocKind } from '../table/items.ts';
import { type Entry, NO_ENTRY } from './entry.ts';
import { GRACE } from './times.ts';

export type Policy = 'always' | 'announced' | 'never';
export type Policies = Readonly<Record<BookKind, Policy>>;

/** State of the account's circuit for the summary. */
export interface Circuit {
  readonly isOpen: boolean;
  readonly isNotServed: boolean;
  /** The books were refused because they lack the result. */
  readonly isLacking: boolean;
}

/** The same for every function of a run. */
export interface Rules {
  readonly design: Design;
  readonly policies: Policies;
  /** More than 50 documents: a delivery reads and writes its own only. */
  readonly isLarge: boolean;
  readonly circuit: (clock: number) => Circuit;
}

export type LineName = BookKind | `${Doc}/${DocKind}`;

/** An entry that applies (shared/checklist/lines.ts). */
export interface Line {
  readonly name: LineName;
  readonly doc: Doc | undefined;
  readonly kind: BookKind | DocKind;
  readonly entry: Entry;
  /** The mark that an answer must have to close it: the entry's, or 1 where the policy wants the result anyway. */
  readonly wanted: number;
  readonly isServed: boolean;
  /** Its circuit is open. */
  readonly isSuppressed: boolean;
}

export function linesOf(
  rules: Rules,
  book: BookItem,
  docs: ReadonlyMap<Doc, DocItem>,
  clock: number,
): Line[] {
  const ofBook = BOOK_KINDS.filter((kind) => rules.policies[kind] !== 'never');
  return [
    ...ofBook.map((kind) => bookLine(rules, book, kind, clock)),
    ...[...docs].flatMap(([doc, item]) => docLines(rules, doc, item)),
  ];
}

function bookLine(rules: Rules, book: BookItem, kind: BookKind, clock: number): Line {
  const entry = book.entries[kind] ?? NO_ENTRY;
  const { isOpen, isLacking, isNotServed } = rules.circuit(clock);
  const wanted = Math.max(entry.wanted, isExpected(rules, book, kind) ? 1 : 0);
  // The refusals of other books say nothing about this one, until it was refused itself since its last mark.
  const { design } = rules;
  const { answered, tried = 0, tries = 0, code } = entry;
  const isRefused = tried >= wanted && tries > 0 && (code === 'refused' || !design.failedIsNoRefusal);
  const isExempt = design.unrefusedBreaksCircuit && isLacking && answered < wanted && !isRefused;
  const isSuppressed = kind === 'summary' && isOpen && !isExempt;
  const isServed = !(isSuppressed && isNotServed);
  return { name: kind, doc: undefined, kind, entry, wanted, isServed, isSuppressed };
}

/** The policy wants it of every book whose capture has ended, if a document of it has results. */
export function isExpected({ policies }: Rules, book: BookItem, kind: BookKind): boolean {
  return policies[kind] === 'always' && mayHave(book);
}

export function mayHave({ endedAt, digest }: BookItem): boolean {
  const docs = Object.values(digest?.docs ?? {});
  return endedAt !== undefined && docs.includes('verified');
}

function docLines({ design }: Rules, doc: Doc, { status, entries, observedAt }: DocItem): Line[] {
  if (status === 'unlisted' && design.onlyWhatApplies) return [];
  const hasForms = status === 'verified' || !design.onlyWhatApplies;
  const implied = { ...NO_ENTRY, tried: 1, tries: 0, nextAt: observedAt + GRACE };
  const line = (kind: DocKind, entry: Entry, wanted: number): Line => {
    const name = `${doc}/${kind}` as const;
    return { name, doc, kind, entry, wanted, isServed: true, isSuppressed: false };
  };
  const { forms = implied, signals } = entries;
  return [
    ...(hasForms ? [line('forms', forms, Math.max(forms.wanted, 1))] : []),
    ...(signals === undefined ? [] : [line('signals', signals, signals.wanted)]),
  ];
}

export function isOpen({ isServed, entry, wanted }: Line): boolean {
  return isServed && entry.answered < wanted;
}

/** True if nothing has asked for its last mark yet. */
export function isUntried(line: Line): boolean {
  return isOpen(line) && (line.entry.tried ?? 0) < line.wanted;
}

/** True if a look asks for it: an open entry, or a probe. */
export function isDue(line: Line, clock: number): boolean {
  const { nextAt } = line.entry;
  return isUntried(line) || (line.isServed && nextAt !== undefined && nextAt <= clock);
}
