import { isEqual } from '../../../shared/store/is-equal.ts';
import { afterAnswer, FIFTEEN, SOON } from '../entry.ts';
import { isOpen, isUntried, type Line, linesOf, regularLook } from '../lines.ts';
import { type BookItem, type Doc, type DocItem, dueBy, isDoc, isStoredAs } from '../table.ts';
import type { Asked } from './ask.ts';
import type { Process, Steps } from './process.ts';

/** Reads the book, then its documents; writes the answers about the book, what is missing, and when to look again. */
export function* settle(process: Process, asked: readonly Asked[]): Steps<readonly Line[]> {
  const { table } = process.system;
  for (;;) {
    yield;
    const current = table.book;
    yield;
    if (current === undefined) return [];
    const { lines, book } = settled(process, withAnswers(process, current, asked), table.docs);
    // Another settle may have read the documents before this function has marked one: its write has to fail.
    const isLeft = lines.some((line) => isDoc(line.name) && process.marked.has(line.name) && isOpen(line));
    if (isEqual(current, book) && !isLeft) return lines;
    yield;
    if (table.putBook(current, book) !== undefined) return lines;
  }
}

function withAnswers({ clock }: Process, book: BookItem, asked: readonly Asked[]): BookItem {
  const entries = { ...book.entries };
  for (const { line, answer } of asked) {
    const { name } = line;
    if (isDoc(name)) continue;
    const times = { clock: clock(), endedAt: book.endedAt };
    entries[name] = afterAnswer(entries[name], answer, times);
  }
  return { ...book, entries };
}

/** The book with what is missing, and its next look. */
function settled(process: Process, book: BookItem, docs: ReadonlyMap<Doc, DocItem>) {
  const lines = linesOf(process.system.policies, book, docs);
  const isDone = isStoredAs(book, docs) && [...docs.values()].every(({ status }) => status !== 'processing');
  const complete = book.endedAt !== undefined && isDone && !lines.some(isOpen);
  return { lines, book: withSchedule(process, { ...book, complete }, lines) };
}

/** Only a look postpones the book, and what finds it complete. */
function withSchedule(process: Process, book: BookItem, lines: readonly Line[]): BookItem {
  const { look, observation, unready } = process;
  const clock = process.clock();
  const isLook = look !== undefined && observation !== undefined;
  const isDone = isLook && (book.again ?? 0) <= clock;
  const isSoon = book.again !== undefined && book.again > clock && book.again <= clock + FIFTEEN;
  const isNoted = unready.size > 0 && !isSoon;
  const again = isNoted ? clock + SOON : isDone ? undefined : book.again;
  const dues = lines.flatMap((line) => {
    if (isUntried(line)) return [isLook ? clock : clock + SOON];
    return line.entry.nextAt === undefined ? [] : [line.entry.nextAt];
  });
  if (again !== undefined) dues.push(Math.max(again, clock));
  const next = { ...book, again };
  if (!isLook && !book.complete)
    return dues.length === 0 ? next : dueBy(next, Math.max(Math.min(...dues), clock));
  // The real one looks at a complete book, too: here there is no second chance.
  const regular = book.complete ? undefined : regularLook(book, clock);
  if (regular !== undefined) dues.push(regular);
  if (dues.length === 0) return { ...next, dueAt: undefined };
  return { ...next, dueAt: Math.max(Math.min(...dues), clock + (lines.some(isUntried) ? 0 : SOON / 10)) };
}
