import type { DueBook } from '../../shared/store/due.ts';

/**
 * While books are due, one look in so many is at a newly discovered book. A book that stays at work is looked at some
 * twenty times more in its first day: what discovery causes by this share is about what a run has time for, so the
 * oldest due book waits for a few runs at most, however many are still unknown (test/scale/unknown-books.test.ts).
 */
export const LOOKS_PER_DISCOVERY = 20;

/**
 * In which order a run looks at books: those that are due before those that discovery finds, except for one look in
 * `LOOKS_PER_DISCOVERY`. Nothing is discovered before its turn has come, so discovery goes as far as the looks
 * keep up, and no further; and it has the first look of a run, so neither a backlog nor books that always fail keep it
 * from all of them.
 */
export async function* visitingOrder(
  due: AsyncGenerator<DueBook>,
  discovered: AsyncGenerator<DueBook>,
): AsyncGenerator<DueBook> {
  try {
    for (let look = 0; ; look += 1) {
      const [first, second] = look % LOOKS_PER_DISCOVERY === 0 ? [discovered, due] : [due, discovered];
      const preferred = await first.next();
      const next = preferred.done === true ? await second.next() : preferred;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await discovered.return(undefined);
  }
}

/** One of each in turn, so that an account with a long list does not hold up the others. */
export async function* inTurn(sources: readonly AsyncGenerator<DueBook>[]): AsyncGenerator<DueBook> {
  try {
    for (let left = [...sources]; left.length > 0; ) {
      const going: typeof left = [];
      for (const source of left) {
        const next = await source.next();
        if (next.done === true) continue;
        going.push(source);
        yield next.value;
      }
      left = going;
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}
