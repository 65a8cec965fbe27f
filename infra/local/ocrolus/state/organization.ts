import type { SimulatorOptions } from '../options.ts';
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
    books: new Books(ids, options.now),
    jobs: new Jobs(ids, options.now, options.jobMs),
    registrations,
  };
}
