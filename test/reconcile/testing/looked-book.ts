import { calls } from '../../../shared/ocrolus/calls.ts';
import { type Book, readBook } from '../../../shared/store/books.ts';
import { bookStatus, type ScriptedDocument } from '../../consumers/testing/answers.ts';
import { makeBook } from '../../poller/testing/books.ts';
import type { PollerHarness } from '../../poller/testing/harness.ts';

/** A book `b` that is looked at, and of which no webhook comes. @param current gives the harness of the test that is running. */
export function lookedBook(current: () => PollerHarness) {
  /** Sets what Book status shows. */
  const says = (status: string, docs: readonly ScriptedDocument[] = [], more = {}) =>
    current().ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs, more));

  const book = (bookUuid = 'b'): Promise<Book | undefined> => readBook(current().table, bookUuid);

  /** Hands over what is due, and lets consumers look at it. @returns the operations that Ocrolus was asked for. */
  const lookNow = async (mode: 'due' | 'now' = 'due'): Promise<string[]> => {
    const { ocrolus } = current();
    const before = ocrolus.asked.length;
    await current().run(300_000, mode);
    await current().process();
    return ocrolus.asked.slice(before).map(({ operation }) => operation);
  };

  /** Seconds until the book is looked at next. */
  const untilNext = async () =>
    Math.round((Date.parse((await book())?.dueAt ?? '') - current().clock.now()) / 1000);

  /** Looks at the book as soon as it is due. @returns the operations that Ocrolus was asked for. */
  const lookNext = async (): Promise<string[]> => {
    const { dueAt } = (await book()) ?? {};
    if (dueAt === undefined) throw new Error('the book is not looked at again');
    const left = Date.parse(dueAt) - current().clock.now();
    current().clock.advance(Math.max(left, 0) / 1000);
    return lookNow();
  };

  return {
    says,
    book,
    lookNow,
    untilNext,
    lookNext,

    /** Looks at the book whenever it is due. @param days for how many days. */
    async lookFor(days: number): Promise<void> {
      const { clock } = current();
      const end = clock.now() + days * 86_400_000;
      for (;;) {
        const { dueAt } = (await book()) ?? {};
        if (dueAt === undefined || Date.parse(dueAt) > end) break;
        await lookNext();
      }
      clock.advance(Math.max(end - clock.now(), 0) / 1000);
    },

    /** The book becomes known, and is looked at for the first time. */
    async start(status: string, docs: readonly ScriptedDocument[] = []): Promise<string[]> {
      await makeBook(current().table, 'b');
      says(status, docs);
      return lookNow();
    },
  };
}
