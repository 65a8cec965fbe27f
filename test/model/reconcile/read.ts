import type { Doc } from '../ocrolus/truth.ts';
import { type Process, type Steps, Unreadable } from './process.ts';

/** Reads the book, then the documents in focus. @returns `false`: a look finds the book not due. */
export function* read(process: Process): Steps<boolean> {
  const { system, announcements, look, clock } = process;
  const { table, rules } = system;
  yield;
  const book = table.book();
  if (book?.isBroken === true) throw new Unreadable();
  if (announcements.length === 0 && (book?.dueAt === undefined || book.dueAt > clock())) {
    if (rules.design.notDueStops || book === undefined) return false;
    system.counts.needless += 1;
  }
  process.book = book;
  process.isWhole = look !== undefined || !rules.isLarge || book?.observedAt === undefined;
  yield;
  const isNamed = (doc: Doc) => announcements.some(({ event }) => 'doc' in event && event.doc === doc);
  const inFocus = [...table.docs()].filter(([doc]) => process.isWhole || isNamed(doc));
  const unreadable = inFocus.filter(([, { isBroken }]) => isBroken === true).map(([doc]) => doc);
  if (unreadable.some(isNamed)) throw new Unreadable();
  process.unreadable = new Set(unreadable);
  process.docs = new Map(inFocus.filter(([doc]) => !unreadable.includes(doc)));
  return true;
}
