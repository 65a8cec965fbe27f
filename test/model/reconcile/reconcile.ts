import { isDue, isOpen, type Line, type LineName, linesOf } from '../lines.ts';
import { isDoc } from '../table.ts';
import { type Asked, askAll } from './ask.ts';
import { bookKindsOf, docsOf } from './mark.ts';
import { observe } from './observe.ts';
import { type Announcement, type Message, type Process, read, type Steps } from './process.ts';
import { settle } from './settle.ts';

/** Quick retries, after 3 and 15 seconds. */
const QUICK_RETRIES = 2;

/**
 * One function: everything in its batch about the book is one reconcile (shared/reconcile/reconcile.ts).
 *
 * @returns the messages that are delivered again.
 */
export function* reconcile(process: Process): Steps<readonly Message[]> {
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
function linesInFocus({ system, announcements, look, observation, book, docs, marked, clock }: Process) {
  if (book === undefined) return [];
  const isAboutBook = announcements.some(({ event }) => event.name === 'book');
  return linesOf(system.policies, book, docs).filter((line) => {
    if (look !== undefined && observation !== undefined && isDue(line, clock())) return true;
    if (marked.has(line.name)) return isOpen(line);
    // A document that another event has marked is asked for by that event's own delivery.
    const isSummarized = isDoc(line.name)
      ? (line.entry.tried ?? 0) >= line.wanted
      : bookKindsOf('book').some((kind) => kind === line.name);
    return isAboutBook && isSummarized && isOpen(line);
  });
}

/** Deliveries of which something is missing that may be there in some seconds (shared/reconcile/report.ts). */
function messagesAgain(process: Process, asked: readonly Asked[], lines: readonly Line[]): Message[] {
  const { announcements, unready } = process;
  if (process.isThrottled) return [];
  const missing = lines.filter(isOpen).map(({ name }) => name);
  const wereAsked = asked.map(({ line }) => line.name);
  const isWaiting = (one: Announcement) =>
    namesOf(process, one).some((name) => missing.includes(name) && wereAsked.includes(name));
  return announcements
    .filter((one) => (isWaiting(one) || unready.has(one)) && one.receives <= QUICK_RETRIES)
    .map(({ message }) => message);
}

function namesOf({ docs }: Process, { event }: Announcement): LineName[] {
  return [...bookKindsOf(event.name), ...docsOf(event, docs)];
}
