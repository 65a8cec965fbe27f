import { isDue, isOpen, type Line, type LineName, linesOf } from '../checklist/lines.ts';
import { HOUR, WAITS_MOST, waitFor } from '../checklist/times.ts';
import { type Asked, askAll } from './ask.ts';
import { bookKindsOf, docKindOf, docsOf } from './mark.ts';
import { observe } from './observe.ts';
import { type Announcement, type Message, type Process, type Steps, Unreadable } from './process.ts';
import { read } from './read.ts';
import { settle } from './settle.ts';

/** Quick retries, after 3 and 15 seconds. */
const QUICK_RETRIES = 2;

/**
 * One function: everything in its batch about the book is one reconcile (shared/reconcile/reconcile.ts).
 *
 * @returns the messages that are delivered again.
 */
export function* consume(process: Process): Steps<readonly Message[]> {
  try {
    return yield* reconcile(process);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return yield* leaveUnread(process);
  }
}

function* reconcile(process: Process): Steps<readonly Message[]> {
  const { system, look } = process;
  if (!(yield* read(process))) return [];
  if (look !== undefined) system.counts.looks += 1;
  if (!(yield* observe(process)) || process.book === undefined) return [];
  const asked = process.isThrottled ? [] : yield* askAll(process, linesInFocus(process));
  const lines = yield* settle(process, asked);
  return messagesAgain(process, asked, lines);
}

/**
 * Selects the lines to ask for: those that deliveries have marked or an event of the book summarizes, and in a look
 * those that are due.
 */
function linesInFocus({
  system,
  announcements,
  look,
  observation,
  book,
  docs,
  marked,
  clock,
}: Process): Line[] {
  if (book === undefined) return [];
  const { rules } = system;
  const isAboutBook = announcements.some(({ event }) => event.name === 'book');
  return linesOf(rules, book, docs, clock()).filter((line) => {
    const { name, kind, entry, wanted, isServed, isSuppressed } = line;
    if (!isServed || isSuppressed) return false;
    if (look !== undefined && observation !== undefined && isDue(line, clock())) return true;
    if (marked.has(name)) return entry.answered < wanted || !rules.design.firstReceiveMarks;
    // A line that another event has marked is asked for by that event's own delivery.
    const isSummarized = kind === 'forms' ? (entry.tried ?? 0) >= wanted : bookKindsOf('book').includes(name);
    return isAboutBook && isSummarized && isOpen(line);
  });
}

/** Deliveries of which something is missing that may be there in some seconds (shared/reconcile/report.ts). */
function messagesAgain(process: Process, asked: readonly Asked[], lines: readonly Line[]): Message[] {
  const { announcements, unready } = process;
  if (process.isThrottled) return [];
  return announcements.flatMap((one) => {
    const own = namesOf(process, one);
    const isLeft = (line: Line) => own.includes(line.name) && isOpen(line);
    const isWaiting = lines.some(
      (line) => isLeft(line) && asked.some(({ line: { name } }) => name === line.name),
    );
    const isAgain = (isWaiting || unready.has(one)) && one.receives <= QUICK_RETRIES;
    return isAgain ? [one.message] : [];
  });
}

function namesOf({ docs }: Process, { event }: Announcement): LineName[] {
  const kind = docKindOf(event);
  const named = docsOf(event, docs);
  if (kind === 'signals' && named.length === 0) return ['signals'];
  return [
    ...bookKindsOf(event.name),
    ...(kind === undefined ? [] : named.map((doc) => `${doc}/${kind}` as const)),
  ];
}

/** A look of a book that cannot be read is postponed; a delivery waits in its own queue, up to three days. */
function* leaveUnread({ system, messages, look }: Process): Steps<readonly Message[]> {
  const { table, now, rules } = system;
  if (look !== undefined) {
    yield;
    const book = table.book();
    if (book !== undefined) table.putBook(book, { ...book, dueAt: now() + 6 * HOUR });
  }
  return messages.filter((message) => {
    const { event, receivedAt, receives } = message;
    const age = now() - receivedAt;
    if (event === undefined || !rules.design.unreadWaits || age >= WAITS_MOST) return false;
    if (receives > QUICK_RETRIES) message.visibleAt = now() + waitFor(age);
    return true;
  });
}
