import { Hono } from 'hono';
import * as z from 'zod';
import { normaliseUuid } from '../../../shared/events/read-ids.ts';
import type { ConsoleSource } from '../../console/source.ts';
import { bookPage } from '../../console/views/book-page.ts';
import { openClients } from '../../running-stacks/clients.ts';
import { describeBook } from '../ocrolus/control/control.ts';
import { simulatorRoutes } from '../ocrolus/control/routes.ts';
import type { Simulator } from '../ocrolus/simulator.ts';
import type { LocalStack } from '../stack.ts';
import { actionRoutes } from './actions.ts';
import type { Journal } from './journal/journal.ts';
import { DeliveryFilter, listDeliveries } from './views/delivery-list.ts';
import { deliveryPage } from './views/delivery-page.ts';
import { createQueueViews } from './views/queues.ts';
import { createSnapshots } from './views/snapshot.ts';

const EVERY_MS = 500;

interface Options {
  readonly stack: LocalStack;
  /** Absent if the functions call another Ocrolus. */
  readonly simulator: Simulator | undefined;
  readonly journal: Journal;
  readonly dataDir: string;
}

/**
 * The local stack for the console, with what a stage lacks: the journal, actions (`actions.ts`), and below `/ocrolus` the
 * simulated Ocrolus (`../ocrolus/control/routes.ts`).
 */
export function openLocalSource(options: Options): ConsoleSource {
  const { stack, simulator, journal, dataDir } = options;
  const clients = openClients(stack);
  const queues = createQueueViews(stack.endpoints.sqs, stack.queues);
  const routes = new Hono();
  if (simulator !== undefined) routes.route('/ocrolus', simulatorRoutes(simulator));
  routes.route('/', actionRoutes({ stack, dataDir }));
  routes.onError((error, { json }) =>
    json({ error: error instanceof z.ZodError ? z.prettifyError(error) : error.message }, 400),
  );
  return {
    reader: clients.reader,
    everyMs: EVERY_MS,
    snapshot: createSnapshots({ ...options, clients, queues }),
    async deliveries(query) {
      const filter = DeliveryFilter.safeParse(query);
      if (!filter.success) throw new Error(z.prettifyError(filter.error));
      return listDeliveries(journal, simulator, filter.data);
    },
    delivery: (id) => deliveryPage(id, { journal, clients, simulator }),
    book(id) {
      const bookId = normaliseUuid(id) ?? id;
      const simulated = simulator?.model.registry.booksByUuid.get(bookId);
      return bookPage(bookId, clients, simulated && describeBook(simulated));
    },
    channels: Object.keys(stack.queues),
    deadLetters: (channel) => queues.describeDeadLetters(channel, clients.table(), Date.now()),
    unknown: {
      delivery: 'no such delivery since the stack was started',
      book: 'nothing is stored of this book',
    },
    routes,
    close: () => clients.close(),
  };
}
