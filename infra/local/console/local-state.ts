import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { EVENT_NAMES } from '../../../shared/events/catalog.ts';
import { RESULT_PREFIX } from '../../../shared/store/keys.ts';
import type { DynamoTable } from '../../../shared/store/table.ts';
import { typedPath } from '../../command-line/paths.ts';
import { atMostEvery } from '../../console/views/snapshot.ts';
import type { Target } from '../../ops/target/target.ts';
import { stackFilePath } from '../../running-stacks/data-dir.ts';
import { describeBook, faultsOf } from '../ocrolus/control/control.ts';
import type { Simulator } from '../ocrolus/simulator.ts';
import type { LocalStack } from '../stack.ts';
import type { Actions } from './actions.ts';
import type { Journal } from './journal.ts';

/** Number of simulated books in a snapshot. */
const ROWS = 100;

const COUNTED_EVERY_MS = 1000;

export interface LocalParts {
  readonly stack: LocalStack;
  /** Absent if the functions call another Ocrolus. */
  readonly simulator: Simulator | undefined;
  readonly journal: Journal;
  readonly dataDir: string;
}

/** What the snapshots of the local stack have besides those of a stage. */
export type LocalState = Awaited<ReturnType<ReturnType<typeof createLocalState>>>;

/** Reads the live flow, the functions and the simulated Ocrolus, whenever it is called. */
export function createLocalState(
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
