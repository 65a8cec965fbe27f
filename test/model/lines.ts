import { DAY, type Entry, GRACE, HOUR, LONGEST, MONTH, NO_ENTRY, SOON, YEAR } from './entry.ts';
import { BOOK_KINDS, type BookItem, type BookKind, type Doc, type DocItem } from './table.ts';

export type Policies = Readonly<Record<BookKind, 'always' | 'announced' | 'never'>>;

/** A document's name stands for its forms. */
export type LineName = BookKind | Doc;

/** An entry that applies (shared/checklist/lines.ts). */
export interface Line {
  readonly name: LineName;
  readonly entry: Entry;
  /** The mark that an answer must have to close it: the entry's, or 1 where the policy wants the result anyway. */
  readonly wanted: number;
}

export function linesOf(policies: Policies, book: BookItem, docs: ReadonlyMap<Doc, DocItem>): Line[] {
  const ofBook = BOOK_KINDS.filter((kind) => policies[kind] !== 'never').map((kind) => {
    const entry = book.entries[kind] ?? NO_ENTRY;
    return { name: kind, entry, wanted: Math.max(entry.wanted, isExpected(policies, book, kind) ? 1 : 0) };
  });
  const ofDocs = [...docs]
    .filter(([, { status }]) => status === 'verified')
    .map(([name, { forms, observedAt }]) => {
      const entry = forms ?? { ...NO_ENTRY, tried: 1, tries: 0, nextAt: observedAt + GRACE };
      return { name, entry, wanted: Math.max(entry.wanted, 1) };
    });
  return [...ofBook, ...ofDocs];
}

/** The policy wants it of every book whose capture has ended, if a document of it has results. */
export function isExpected(policies: Policies, book: BookItem, kind: BookKind): boolean {
  return policies[kind] === 'always' && mayHave(book);
}

export function mayHave({ endedAt, digest }: BookItem): boolean {
  return endedAt !== undefined && Object.values(digest?.docs ?? {}).includes('verified');
}

export function isOpen({ entry, wanted }: Line): boolean {
  return entry.answered < wanted;
}

/** True if nothing has asked for its last mark yet. */
export function isUntried(line: Line): boolean {
  return isOpen(line) && (line.entry.tried ?? 0) < line.wanted;
}

/** True if a look asks for it: an open entry, or a probe. */
export function isDue(line: Line, clock: number): boolean {
  const { nextAt } = line.entry;
  return isUntried(line) || (nextAt !== undefined && nextAt <= clock);
}

const FINISHED_LOOKS = [HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 8 * DAY, 13 * DAY, 21 * DAY, 30 * DAY];

/** The regular look of a book that is not complete (shared/checklist/next-look.ts). @returns `undefined`: none. */
export function regularLook({ changedAt, endedAt }: BookItem, clock: number): number | undefined {
  const age = clock - changedAt;
  if (age > YEAR) return undefined;
  if (age > MONTH) return clock + MONTH;
  if (endedAt === undefined) return clock + Math.min(Math.max(age / 2, SOON), LONGEST);
  return changedAt + (FINISHED_LOOKS.find((look) => look > age * 1.15) ?? age + MONTH);
}
