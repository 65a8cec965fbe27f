import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { Hono } from 'hono';
import * as z from 'zod';
import { EVENT_NAMES } from '../../../shared/events/catalog.ts';
import { RESULT_PREFIX } from '../../../shared/store/keys.ts';
import type { DynamoTable } from '../../../shared/store/table.ts';
import { typedPath } from '../../command-line/paths.ts';
import type { ConsoleSource } from '../../console/source.ts';
import { atMostEvery } from '../../console/views/snapshot.ts';
import { openLocalTarget } from '../../ops/target/local.ts';
import type { Target } from '../../ops/target/target.ts';
import { DEFAULT_DATA_DIR, stackFilePath } from '../../running-stacks/data-dir.ts';
import { describeBook, faultsOf } from '../ocrolus/control/control.ts';
import { simulatorRoutes } from '../ocrolus/control/routes.ts';
import type { Simulator } from '../ocrolus/simulator.ts';
import type { LocalStack } from '../stack.ts';
import { type Actions, createActions } from './actions.ts';
import type { Journal } from './journal.ts';

const EVERY_MS = 500;
const PARTS_EVERY_MS = 1500;

/**
 * The local stack for the console, with what a stage lacks: the live flow, actions (`actions.ts`), and below `/ocrolus` the
 * simulated Ocrolus (`../ocrolus/control/routes.ts`).
 */
export function openLocalSource(parts: LocalParts): ConsoleSource {
  const { stack, simulator, dataDir } = parts;
  let target: Target | undefined;
  // Only once its file is written can the stack be found.
  const open = async () => {
    target ??= await openLocalTarget(dataDir);
    return target;
  };
  const actions = createActions(stack, dataDir);
  const routes = new Hono();
  if (simulator !== undefined) routes.route('/ocrolus', simulatorRoutes(simulator));
  routes.route('/', actions.routes);
  routes.onError((error, { json }) =>
    json({ error: error instanceof z.ZodError ? z.prettifyError(error) : error.message }, 400),
  );
  return {
    stage: null,
    opsFlags: dataDir === DEFAULT_DATA_DIR ? '' : ` --data ${typedPath(dataDir)}`,
    open,
    everyMs: EVERY_MS,
    partsEveryMs: PARTS_EVERY_MS,
    readLocal: createLocalState(parts, open, actions),
    routes,
  };
}

/** Number of simulated books in a snapshot. */
const ROWS = 100;

const COUNTED_EVERY_MS = 1000;

interface LocalParts {
  readonly stack: LocalStack;
  /** Absent if the functions call another Ocrolus. */
  readonly simulator: Simulator | undefined;
  readonly journal: Journal;
  readonly dataDir: string;
}

/** What the snapshots of the local stack have besides those of a stage. */
export type LocalState = Awaited<ReturnType<ReturnType<typeof createLocalState>>>;

/** Reads the live flow, the functions and the simulated Ocrolus, whenever it is called. */
function createLocalState(
  { stack, simulator, journal, dataDir }: LocalParts,
  open: () => Promise<Target>,
  { running }: Pick<Actions, 'running'>,
) {
  const readResults = atMostEvery(COUNTED_EVERY_MS, async () => countResults((await open()).table()));
  return async () => {
    const sent = simulator?.deliveries.all ?? [];
    const books = (simulator?.books ?? []).slice(-ROWS).reverse();
    return {
      /** File with the address of the control. */
      stackFile: typedPath(stackFilePath(dataDir)),
      pollSeconds: stack.pollSeconds,
      events: EVENT_NAMES,
      counts: {
        ...journal.counts,
        sent: sent.length,
        lost: sent.filter(({ outcome }) => outcome === 'dropped' || outcome === 'given-up').length,
        results: await readResults(),
      },
      functions: stack.functionNames.map((name) => ({
        name,
        ...stack.environments(name),
        ...journal.invocations(name),
      })),
      // Without their documents, of which there may be thousands.
      books: books.map(describeBook).map(({ documents: _, ...book }) => book),
      faults: simulator === undefined ? null : faultsOf(simulator),
      running: [...running],
    };
  };
}

/** Reads the whole table, which is acceptable on this machine. */
async function countResults({ client, name: TableName }: DynamoTable): Promise<number> {
  const filter = {
    FilterExpression: 'begins_with(#item, :prefix)',
    ExpressionAttributeNames: { '#item': 'item' },
    ExpressionAttributeValues: { ':prefix': RESULT_PREFIX },
  };
  let results = 0;
  for await (const { Count = 0 } of paginateScan({ client }, { TableName, Select: 'COUNT', ...filter }))
    results += Count;
  return results;
}
