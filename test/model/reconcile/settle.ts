import { isEqual } from '../../../shared/store/is-equal.ts';
import { afterAnswer } from '../checklist/entry.ts';
import { isOpen, isUntried, type Line, linesOf } from '../checklist/lines.ts';
import { FIFTEEN, regularLook, SOON } from '../checklist/times.ts';
import type { Doc } from '../ocrolus/truth.ts';
import { type BookItem, type BookKind, type DocItem, dueBy, isStoredAs } from '../table/items.ts';
import type { Asked } from './ask.ts';
import { type Process, type Steps, Unreadable } from './process.ts';

type Docs = ReadonlyMap<Doc, DocItem>;

/** Reads the book, then its documents; writes the answers about the book, what is missing, and when to look again. */
export function* settle(process: Process, asked: readonly Asked[]): Steps<readonly Line[]> {
  const { table, rules } = process.system;
  const { bookBeforeDocs, settleRereads } = rules.design;
  let docs: Docs | undefined;
  for (;;) {
    const isReread = docs === undefined || settleRereads;
    if (isReread && !bookBeforeDocs) {
      yield;
      docs = table.docs();
    }
    yield;
    const current = table.book();
    if (isReread && bookBeforeDocs) {
      yield;
      docs = table.docs();
    }
    if (current === undefined || docs === undefined) return [];
    if (current.isBroken === true) throw new Unreadable();
    const { lines, book } = settled(process, withAnswers(process, current, asked), docs);
    // Another settle may have read the documents before this function has marked one: its write has to fail.
    const isLeft = lines.some(
      (line) => line.doc !== undefined && process.marked.has(line.name) && isOpen(line),
    );
    if (isEqual(current, book) && !(isLeft && rules.design.settleWritesOpen)) return lines;
    yield;
    if (table.putBook(current, book) !== undefined) return lines;
  }
}

function withAnswers({ system, clock }: Process, book: BookItem, asked: readonly Asked[]): BookItem {
  const entries = { ...book.entries };
  const context = { design: system.rules.design, clock: clock(), endedAt: book.endedAt };
  for (const { line, answer } of asked) {
    const kind = line.kind as BookKind;
    if (line.doc === undefined) entries[kind] = afterAnswer(entries[kind], answer, context);
  }
  return { ...book, entries };
}

/** The book with what is missing, and its next look. Of a large book, a delivery has read its own documents only. */
function settled(process: Process, book: BookItem, docs: Docs): { lines: readonly Line[]; book: BookItem } {
  const { system, clock, isWhole } = process;
  const { rules } = system;
  const readable = [...docs].filter(([, { isBroken }]) => isBroken !== true);
  const read = isWhole && rules.design.settleReadsAll ? new Map(readable) : process.docs;
  const lines = linesOf(rules, book, read, clock());
  const isAllRead = readable.length === docs.size && (isStoredAs(book, docs) || !rules.design.settleCompares);
  const isDone = (!isWhole || isAllRead) && [...read.values()].every(({ status }) => status !== 'processing');
  const isComplete = book.endedAt !== undefined && isDone && !lines.some(isOpen);
  const complete = isComplete && (isWhole || book.complete);
  return { lines, book: withSchedule(process, { ...book, complete }, lines) };
}

/** Only a look postpones the book, and what finds it complete. What a circuit suppresses waits for the regular look. */
function withSchedule(process: Process, book: BookItem, lines: readonly Line[]): BookItem {
  const { system, look, observation, unready, isWhole } = process;
  const { suppressedWaits, again: isNoted } = system.rules.design;
  const clock = process.clock();
  const isLook = look !== undefined && observation !== undefined;
  const isDone = isLook && (book.again ?? 0) <= clock;
  const isSoon = book.again !== undefined && book.again > clock && book.again <= clock + FIFTEEN;
  const again = unready.size > 0 && isNoted && !isSoon ? clock + SOON : isDone ? undefined : book.again;
  const dues = lines
    .filter(({ isServed, isSuppressed }) => isServed && !(isSuppressed && suppressedWaits))
    .flatMap((line) => {
      if (isUntried(line)) return [isLook ? clock : clock + SOON];
      return line.entry.nextAt === undefined ? [] : [line.entry.nextAt];
    });
  if (again !== undefined) dues.push(Math.max(again, clock));
  if (!isWhole && !book.complete && book.endedAt !== undefined) dues.push(clock + FIFTEEN);
  const next = { ...book, again };
  if (!isLook && !book.complete)
    return dues.length === 0 ? next : dueBy(next, Math.max(Math.min(...dues), clock));
  // The real one looks at a complete book, too: here there is no second chance.
  const regular = book.complete ? undefined : regularLook(book, clock);
  if (regular !== undefined) dues.push(regular);
  if (dues.length === 0) return { ...next, dueAt: undefined };
  return { ...next, dueAt: Math.max(Math.min(...dues), clock + (lines.some(isUntried) ? 0 : SOON / 10)) };
}
