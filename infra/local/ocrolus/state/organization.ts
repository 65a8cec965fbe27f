import type { SimulatorOptions } from '../options.ts';
import type { Book } from './book.ts';
import { Books } from './books.ts';
import { createIds, type Ids } from './ids.ts';
import { Jobs } from './jobs.ts';
import { fork } from './random.ts';
import { Registrations } from './registrations.ts';

/** Everything that the simulated Ocrolus knows. */
export interface Organization {
  readonly options: SimulatorOptions;
  readonly ids: Ids;
  readonly books: Books;
  readonly jobs: Jobs;
  readonly registrations: Registrations;
  /** Call it after each change of a book, before it is announced. */
  save(book: Book): void;
}

export function createOrganization(options: SimulatorOptions): Organization {
  const ids = createIds(fork(options.random), options.now);
  const registrations = new Registrations(ids, options.now);
  if (options.webhookUrl !== undefined) {
    registrations.account = { url: options.webhookUrl, events: undefined };
  }
  registrations.accountSecret = options.webhookSecret;
  return {
    options,
    ids,
    books: new Books(ids, options.now, options.bookFiles.books),
    jobs: new Jobs(ids, options.now, options.jobMs),
    registrations,
    save: (book) => options.bookFiles.save(book),
  };
}
