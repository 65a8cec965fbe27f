import type { Entry } from '../checklist/entry.ts';
import { isOpen, linesOf } from '../checklist/lines.ts';
import { FIFTEEN } from '../checklist/times.ts';
import { DESIGN } from '../design.ts';
import { DOCS, type Doc } from '../ocrolus/truth.ts';
import type { Message, System } from '../reconcile/process.ts';
import { BOOK_KINDS, type BookItem, type DocItem } from '../table/items.ts';

/** Twice what any history has taken. */
const MOST_LOOKS = 600;

/** Invariants that must hold at every moment, and in the end (docs/decisions/0028). */
export interface Judge {
  readonly violations: readonly string[];
  readonly brief: number;
  afterWrite(item: string): void;
  afterMessage(message: Message): void;
  atEnd(): void;
  violate(text: string): void;
}

/** `messages`: all of them, so far. */
export function createJudge(
  system: System,
  {
    messages,
    skew,
    trace,
  }: { messages: readonly Message[]; skew: number; trace: (text: () => string) => void },
): Judge {
  const { table, now } = system;
  const rules = { ...system.rules, design: DESIGN };
  const violations: string[] = [];
  let brief = 0;
  let bookBefore: BookItem | undefined;
  const docsBefore = new Map<Doc, DocItem>();

  const violate = (text: string) => {
    trace(() => `VIOLATION ${text}`);
    if (!violations.includes(text)) violations.push(text);
  };

  /** A circuit may be open by one clock and not by another. */
  const openNow = (): string[] => {
    const [book, docs] = [table.book(), table.docs()];
    if (book === undefined) return [];
    const [early, late] = [now() - skew, now() + skew].map((clock) =>
      linesOf(rules, book, docs, clock).filter(isOpen),
    );
    const open = (early ?? []).filter(({ name }) => late?.some((line) => line.name === name));
    const unknown = DOCS.filter((doc) => book.digest?.docs[doc] === 'verified' && !docs.has(doc));
    return [...open.map(({ name }) => name), ...unknown.map((doc) => `${doc}/unknown`)];
  };

  const checkComplete = (where: string) => {
    const book = table.book();
    if (book?.complete !== true) return;
    if (book.endedAt === undefined) violate(`complete before the end, ${where}`);
    const writers = (name: string) =>
      messages.filter(({ touched }) => DOCS.some((doc) => name.startsWith(`${doc}/`) && touched.has(doc)));
    // A message that has written a document may not have written its book yet.
    const open = openNow().filter(
      (name) => !writers(name).some(({ isDone, inProgress }) => !isDone || inProgress > 0),
    );
    if (open.length === 0) return;
    const isByCopy = open.every((name) => writers(name).some(({ hadCopies }) => hadCopies));
    const isDueSoon = (book.dueAt ?? Number.POSITIVE_INFINITY) <= now() + FIFTEEN + 2 * skew;
    if (isByCopy && isDueSoon && where !== 'in the end') brief += 1;
    else violate(`complete while open, ${where}: ${open.join(' ')}`);
  };

  const checkEntry = (name: string, before: Entry | undefined, after: Entry | undefined) => {
    if (before === undefined || after === undefined) return;
    if (after.wanted < before.wanted) violate(`wanted of ${name} decreases`);
    if (after.answered < before.answered) violate(`answered of ${name} decreases`);
  };

  /** Readers get all pages of one answer, or none. */
  const checkRows = () => {
    const stored = table.result('rows');
    if (stored?.set === undefined) return;
    const { id, pages } = stored.set;
    const own = table.pages().filter(({ set }) => set === id);
    if (own.length !== pages - 1) violate('the set that readers see lacks pages');
    else if (own.some(({ total }) => total !== pages)) violate('the set that readers see mixes answers');
  };

  return {
    violations,
    get brief() {
      return brief;
    },
    violate,
    afterWrite(item) {
      const book = table.book();
      trace(
        () =>
          `  ${item} ${describe(item === 'BOOK' ? book : (table.docs().get(item as Doc) ?? table.result(item)))}`,
      );
      if (item === 'BOOK' && book !== undefined) {
        for (const kind of BOOK_KINDS) checkEntry(kind, bookBefore?.entries[kind], book.entries[kind]);
        const wasComplete = bookBefore?.complete === true;
        bookBefore = book;
        if (!wasComplete) checkComplete('when it is written');
      } else if (item === 'X' || item === 'Y') {
        const doc = table.docs().get(item);
        if (doc === undefined) return;
        const before = docsBefore.get(item)?.entries;
        checkEntry(`${item}/forms`, before?.forms, doc.entries.forms);
        checkEntry(`${item}/signals`, before?.signals, doc.entries.signals);
        docsBefore.set(item, doc);
      } else if (item === 'rows') checkRows();
      else if (item === 'expired') {
        bookBefore = undefined;
        docsBefore.clear();
      }
    },
    afterMessage: ({ id }) => checkComplete(`after message ${id}`),
    atEnd() {
      checkComplete('in the end');
      if (system.counts.needless > 0) violate('a book that is not due is looked at');
      if (system.counts.looks > MOST_LOOKS) violate('the book is looked at too often');
      for (const text of missingInTheEnd(system)) violate(text);
    },
  };
}

/** Results that the table lacks in the end. */
function missingInTheEnd({ table, truth, rules: { policies } }: System): string[] {
  const { due } = truth;
  const missing: string[] = [];
  const want = (what: string, have: number, wanted: number | undefined) => {
    if (have < (wanted ?? 0)) missing.push(`${what} has revision ${have}, not ${wanted}`);
  };
  const have = (key: string, part: string) => table.result(key)?.body[part] ?? 0;
  for (const doc of DOCS) {
    const item = table.docs().get(doc);
    const { status } = truth.docs[doc];
    if ((item?.status ?? 'unlisted') !== status) missing.push(`${doc} is ${item?.status}, not ${status}`);
    if (status !== 'verified') continue;
    want(`${doc}/forms`, have(`${doc}/forms`, doc), due[`${doc}/forms`]);
    if (policies.stubs !== 'never' && truth.book === 'verified')
      want(`stubs of ${doc}`, have('stubs', doc), due[`${doc}/forms`]);
    if (policies.signals === 'never') continue;
    want(
      `${doc}/signals`,
      Math.max(have(`${doc}/signals`, doc), have('signals', doc)),
      due[`${doc}/signals`],
    );
    if (truth.detect[doc].revision > 0 && item?.detect?.isDone !== true)
      missing.push(`${doc} is not analyzed`);
  }
  const book = table.book();
  if (truth.book === 'verified' && truth.summary.isReady) {
    if (policies.summary !== 'never') want('summary', have('summary', 'summary'), due.summary);
    if (policies.income !== 'never') want('income', have('income', 'income'), due.income);
    const rows = Object.values(table.result('rows')?.body ?? {});
    if (policies.rows !== 'never' && rows.join() !== truth.rows.join())
      missing.push(`rows have revisions ${rows.join()}, not ${truth.rows.join()}`);
  }
  const isFinished = DOCS.every((doc) => truth.docs[doc].status !== 'processing');
  const isComplete = truth.book === 'verified' && isFinished && truth.summary.isReady;
  if (book?.complete !== isComplete) missing.push(`complete is ${book?.complete}`);
  return missing;
}

/** An item in one line, without what is empty. */
function describe(item: object | undefined): string {
  return JSON.stringify(item, (_, value) => (isPlain(value) ? value : undefined));
}

function isPlain(value: unknown): boolean {
  if (value === false || value === 0 || value === 'none') return false;
  return !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
