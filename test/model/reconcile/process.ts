import { isEqual } from '../../../shared/store/is-equal.ts';
import type { LineName, Policies } from '../lines.ts';
import type { Truth, WorldEvent } from '../ocrolus.ts';
import type { BookItem, Digest, Doc, DocItem, Table } from '../table.ts';

/** Each call and each read or write is one step. Between two steps, any other function may run, or this one may die. */
export type Steps<T> = Generator<void, T, void>;

/** Everything that the functions of one run share. */
export interface System {
  readonly policies: Policies;
  readonly table: Table;
  readonly truth: Truth;
  readonly now: () => number;
  /** True if a call fails now. */
  readonly fails: () => boolean;
  /** True if there is no permit for a call. */
  readonly isThrottled: () => boolean;
  /** True if Ocrolus has announced a body before it answers with it. */
  readonly isEarly: () => boolean;
  readonly counts: Counts;
}

export interface Counts {
  calls: number;
  looks: number;
}

export interface Message {
  readonly id: number;
  /** `undefined`: a look. */
  readonly event: WorldEvent | undefined;
  receives: number;
  /** Copies that are processed now. */
  inProgress: number;
  isDone: boolean;
  hadCopies: boolean;
  /** Documents that were written for it. */
  readonly touched: Set<Doc>;
}

/** Content of one delivery. `receives`: number of receives of its message, including this one. */
export interface Announcement {
  readonly message: Message;
  readonly event: WorldEvent;
  readonly receives: number;
}

/** One function, with the messages of its batch that are about the book, and what it knows. */
export interface Process {
  readonly system: System;
  readonly messages: readonly Message[];
  readonly announcements: readonly Announcement[];
  readonly look: { readonly isRepeated: boolean } | undefined;
  readonly clock: () => number;
  /** As it has read or written them last. */
  book: BookItem | undefined;
  docs: Map<Doc, DocItem>;
  /** Answer of Book status, and the time of the request. */
  observation: { readonly shown: Digest; readonly askedAt: number } | undefined;
  /** Marked results, which are asked for at once. */
  readonly marked: Set<LineName>;
  /** Deliveries that announce what Book status does not show. */
  readonly unready: Set<Announcement>;
  isThrottled: boolean;
}

export function newProcess(system: System, messages: readonly Message[], clock: () => number): Process {
  const looks = messages.filter(({ event }) => event === undefined);
  return {
    system,
    messages,
    announcements: messages.flatMap((message) => {
      const { event, receives } = message;
      return event === undefined ? [] : [{ message, event, receives }];
    }),
    look: looks.length === 0 ? undefined : { isRepeated: looks.some(({ receives }) => receives > 1) },
    clock,
    book: undefined,
    docs: new Map(),
    observation: undefined,
    marked: new Set(),
    unready: new Set(),
    isThrottled: false,
  };
}

/** Reads the book, then the documents. @returns `false`: a look finds the book not due. */
export function* read(process: Process): Steps<boolean> {
  const { system, announcements, clock } = process;
  const { table } = system;
  yield;
  const { book } = table;
  if (announcements.length === 0 && (book?.dueAt === undefined || book.dueAt > clock())) return false;
  process.book = book;
  yield;
  process.docs = new Map(table.docs);
  return true;
}

/** One call. @returns `undefined`: Ocrolus answers. */
export function* call({ system }: Process): Steps<'failed' | 'throttled' | undefined> {
  yield;
  if (system.isThrottled()) return 'throttled';
  system.counts.calls += 1;
  return system.fails() ? 'failed' : undefined;
}

/** A pure change, and a put on condition that nothing has changed since; a refused put returns what is stored. */
export function* updateBook(
  { system: { table } }: Process,
  known: BookItem | undefined,
  merge: (book: BookItem | undefined) => BookItem | undefined,
): Steps<BookItem | undefined> {
  for (let current = known; ; current = table.book) {
    const next = merge(current);
    if (next === undefined || isEqual(current, next)) return current;
    yield;
    const stored = table.putBook(current, next);
    if (stored !== undefined) return stored;
  }
}

/** As `updateBook`, for a document. What the process knows of it is renewed. */
export function* updateDoc(
  process: Process,
  doc: Doc,
  merge: (item: DocItem | undefined) => DocItem | undefined,
): Steps<void> {
  const { table } = process.system;
  for (let current = process.docs.get(doc); ; current = table.docs.get(doc)) {
    if (current !== undefined) process.docs.set(doc, current);
    const next = merge(current);
    if (next === undefined || isEqual(current, next)) return;
    yield;
    const stored = table.putDoc(doc, current, next);
    if (stored === undefined) continue;
    // The write is for the deliveries that name the document, or for all.
    const own = process.announcements.filter(({ event }) => 'doc' in event && event.doc === doc);
    for (const { touched } of own.length === 0 ? process.messages : own.map(({ message }) => message))
      touched.add(doc);
    process.docs.set(doc, stored);
    return;
  }
}
