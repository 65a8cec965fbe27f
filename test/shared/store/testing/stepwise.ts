import type fc from 'fast-check';
import { Failure } from '../../../../shared/failure.ts';
import type { Item, Table } from '../../../../shared/store/table.ts';

/** The Lambda died. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * A table whose operations happen one at a time, in the order that the scheduler chooses.
 *
 * @param crash decides before and after each write whether the process dies there.
 */
export function stepwise(table: Table, scheduler: fc.Scheduler, crash: () => boolean): Table {
  /** An error in the scheduler is returned as a value, and thrown outside of it. */
  const step = <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) => {
    const settled = scheduler.scheduleFunction(async (...args: Args) => {
      const [result] = await Promise.allSettled([work(...args)]);
      return result;
    });
    return async (...args: Args): Promise<T> => {
      const result = await settled(...args);
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    };
  };
  const write = <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) =>
    step(async (...args: Args) => {
      if (crash()) throw new Crash();
      const done = await work(...args);
      if (crash()) throw new Crash();
      return done;
    });
  const readAll = step((input: Parameters<Table['query']>[0]) => collect(table.query(input)));
  return {
    ...table,
    get: step(table.get),
    put: write(table.put),
    update: write(table.update),
    delete: write(table.delete),
    async *query(input): AsyncGenerator<Item> {
      yield* await readAll(input);
    },
  };
}

/**
 * A table whose answer to every n-th write is lost: the SDK tries it again, and the condition fails on what the first
 * try has written.
 */
export function loseAnswers(table: Table, every = 1): Table {
  let writes = 0;
  const losing =
    <Args extends unknown[], T>(write: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      writes += 1;
      const written = await write(...args);
      return writes % every === 0 ? write(...args) : written;
    };
  return {
    ...table,
    put: losing(table.put),
    update: losing(table.update),
    delete: losing(table.delete),
  };
}

/** Does it until it is through, as SQS does: after a crash, and after a conflict with too many others. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isConflict = error instanceof Failure && error.code === 'conflict';
      if (!(error instanceof Crash || isConflict)) throw error;
    }
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
