import type { DueRow } from '../../shared/store/table.ts';

/**
 * While books are due, one poll in so many is of a newly discovered book. An active book is polled about twenty more times
 * in its first day: with this share, discovery causes about as many polls as a run has time for, so the oldest due book
 * waits for a few runs at most, however many books are still unknown (test/scale/unknown-books.test.ts).
 */
export const POLLS_PER_DISCOVERY = 20;

/**
 * In which order a run polls books: those that are due before those that discovery finds, except for one poll in
 * `POLLS_PER_DISCOVERY`. Discovery advances only as fast as the polls keep up. It has the first poll of a run, so
 * neither a backlog nor books that always fail can stop it.
 */
export async function* pollingOrder(
  due: AsyncGenerator<DueRow>,
  discovered: AsyncGenerator<DueRow>,
): AsyncGenerator<DueRow> {
  try {
    for (let n = 0; ; n += 1) {
      const [first, second] = n % POLLS_PER_DISCOVERY === 0 ? [discovered, due] : [due, discovered];
      const preferred = await first.next();
      const next = preferred.done === true ? await second.next() : preferred;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await discovered.return(undefined);
  }
}

/** One of each alternately, so that an account with a long list does not hold up the others. */
export async function* alternate(sources: readonly AsyncGenerator<DueRow>[]): AsyncGenerator<DueRow> {
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
