import * as z from 'zod';
import type { BookObservation } from '../../shared/events/envelope.ts';
import { BOOK_VERIFIED } from '../../shared/ocrolus/statuses.ts';
import { type KnownBook, readKnownBook } from '../../shared/store/known-books.ts';
import { type Strand, writeStrand } from '../../shared/store/strands.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeAnalytics } from './observe/analytics.ts';
import { writeObservedBook } from './observe/book.ts';
import { captureBook } from './observe/capture-book.ts';
import { storeBookSignals } from './observe/detect.ts';
import { storeIncome } from './observe/income.ts';
import { readBody } from './observe/payload.ts';
import { withStrand } from './observe/strand.ts';
import type { Observing } from './observing.ts';
import { each, type Observed } from './outcome.ts';

/**
 * Capture, Detect, income and analytics are finished, as far as the event's `tasks` name them: whatever of them
 * is not there yet is fetched.
 */
export const observe: Observe = async (observing) => {
  const observation = await observing.bookStatus();
  const { bookUuid } = observation;
  const { table } = observing.parts;
  const { generation } = await writeObservedBook(observing, observation);
  const known = await readKnownBook(table, bookUuid);
  const tasks = await readTasks(observing);
  const pieces = tasks.flatMap((task) => piecesOf(observing, observation, task, known));
  const observed = await each(pieces.map((piece) => async () => (await piece()).outcome));
  const progress = { state: 'completed', at: observation.observedAt };
  await writeStrand(table, bookUuid, 'completed', progress, generation, observing.writer);
  return observed;
};

const TASKS = ['CAPTURE', 'ANALYTICS', 'DETECT', 'INCOME'] as const;

type Task = (typeof TASKS)[number];

const Tasks = z.looseObject({ tasks: z.array(z.string()) });

/** Capture where the event does not say (domain reference 8.2: `tasks` is optional). */
async function readTasks(observing: Observing): Promise<readonly Task[]> {
  const sent = Tasks.safeParse(await readBody(observing)).data?.tasks ?? [];
  const named = TASKS.filter((task) => sent.includes(task));
  return named.length > 0 ? named : ['CAPTURE'];
}

function piecesOf(
  observing: Observing,
  observation: BookObservation,
  task: Task,
  known: KnownBook | undefined,
): (() => Promise<Observed>)[] {
  const { bookUuid } = observation;
  const unlessThere = (strand: Strand, work: () => Promise<Observed>) =>
    known?.[strand] === undefined ? [() => withStrand(observing, bookUuid, strand, work)] : [];
  switch (task) {
    case 'CAPTURE':
      return observation.status === BOOK_VERIFIED ? [() => captureBook(observing, observation)] : [];
    case 'ANALYTICS':
      return unlessThere('analytics', () => storeAnalytics(observing, bookUuid));
    case 'DETECT':
      return unlessThere('detect', () => storeBookSignals(observing, bookUuid));
    case 'INCOME':
      return unlessThere('income', () => storeIncome(observing, bookUuid));
  }
}

export const handler = defineConsumer('book-completed', observe);
