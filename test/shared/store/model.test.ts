import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterAnswer } from '../../../shared/checklist/answer.ts';
import { type Entry, mark, NO_ENTRY } from '../../../shared/checklist/entry.ts';
import { newBook, readBook, updateBook } from '../../../shared/store/books.ts';
import { createReader } from '../../../shared/store/reader.ts';
import { writeResult } from '../../../shared/store/results.ts';
import type { Table } from '../../../shared/store/table.ts';
import { Count } from '../../testing/numbers.ts';
import { memoryBodies } from './testing/bodies.ts';
import { memoryTable } from './testing/memory-table.ts';
import { second, TIMES, WRITER } from './testing/observations.ts';
import { again, loseAnswers, stepwise } from './testing/stepwise.ts';

/*
 * The one rule, on the table: however many functions mark a result, ask for it and store the answer, in whatever order
 * their steps come, wherever they die, whichever answers of the table are lost, and however wrong their clocks are: once
 * nothing is open, the body that Ocrolus has is stored.
 */

const BOOK = 'b';

async function entryOf(table: Table): Promise<Entry> {
  return (await readBook(table, BOOK))?.entries.income ?? NO_ENTRY;
}

function updateEntry(table: Table, change: (entry: Entry) => Entry) {
  return updateBook(table, BOOK, (book) => {
    const known = book ?? newBook(BOOK, { bookUuid: BOOK }, WRITER);
    const entry = known.entries.income ?? NO_ENTRY;
    const next = change(entry);
    expect(next.wanted).toBeGreaterThanOrEqual(entry.wanted);
    expect(next.answered).toBeGreaterThanOrEqual(entry.answered);
    return { ...known, entries: { income: next } };
  });
}

/** One function: a delivery about a correction, or a look. */
interface Work {
  /** Body in Ocrolus since the correction. */
  readonly corrected?: string | undefined;
  /** Steps of others before it starts. */
  readonly delay: number;
  /** Steps of others between what Ocrolus says and the write of it. */
  readonly slowness: number;
  /** The second that the function takes for the present. */
  readonly clock: number;
}

const anyWork: fc.Arbitrary<Work> = fc.record({
  // Few of them, so that a body often comes back.
  corrected: fc.constantFrom(undefined, 'first', 'second', 'third'),
  delay: fc.nat(20),
  slowness: fc.nat(20),
  clock: fc.nat(9),
});

/** Ocrolus, and the functions. */
class Play {
  #body = 'first';
  readonly #bodies = memoryBodies();

  /** A document is corrected; an event says so, and its function marks the result. */
  async mark(table: Table, { clock, corrected }: Work): Promise<void> {
    if (corrected === undefined) return;
    this.#body = corrected;
    await again(() => updateEntry(table, (entry) => mark(entry, Date.parse(second(clock)))));
  }

  async ask(table: Table, { clock, slowness }: Omit<Work, 'delay'>, pause = async () => {}): Promise<void> {
    const { wanted, answered } = await entryOf(table);
    if (answered >= wanted) return;
    const answers = { wanted, at: second(clock) };
    const write = {
      bookId: BOOK,
      kind: 'income',
      subject: BOOK,
      operation: 'income',
      generation: 1,
      summary: {},
    } as const;
    await pause();
    const body = Buffer.from(this.#body);
    for (let step = 0; step < slowness; step += 1) await pause();
    const written = await writeResult(table, this.#bodies, { ...write, body, answers });
    const answer = { class: 'stored', ...written.answers } as const;
    await updateEntry(table, (entry) =>
      afterAnswer(entry, answer, { now: Date.parse(second(clock)), times: TIMES }),
    );
  }

  async expectCurrent(table: Table): Promise<void> {
    const stored = await createReader(table, this.#bodies).resultBody(BOOK, 'income');
    expect(String(stored)).toBe(this.#body);
  }
}

test('once nothing is open, the body that Ocrolus has is stored', { timeout: 600_000 }, async () => {
  const run = fc.asyncProperty(
    fc.scheduler(),
    fc.noBias(fc.array(anyWork, { minLength: 2, maxLength: 5 })),
    fc.infiniteStream(fc.nat(9)),
    fc.integer({ min: 2, max: 5 }),
    async (scheduler, works, chance, every) => {
      const table = await memoryTable();
      const play = new Play();
      await updateEntry(table, (entry) => mark(entry, 1));
      let crashesLeft = 3;
      const crash = () => crashesLeft > 0 && chance.next().value === 0 && crashesLeft-- > 0;
      const on = loseAnswers(stepwise(table, scheduler, crash), every);
      const pause = () => scheduler.schedule(Promise.resolve());
      const all = works.map(async (work) => {
        for (let step = 0; step < work.delay; step += 1) await pause();
        await play.mark(on, work);
        await again(() => play.ask(on, work, pause));
      });
      await scheduler.waitFor(Promise.all(all));
      // The looks that follow.
      for (const clock of [0, 5, 9]) await play.ask(table, { clock, slowness: 0 });

      expect(await entryOf(table)).toMatchObject({ state: 'stored' });
      await play.expectCurrent(table);
    },
  );
  await fc.assert(run, { numRuns: Count.parse(process.env.MODEL_RUNS ?? '100') });
});
