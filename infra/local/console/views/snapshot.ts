import { ScanCommand, type ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import { BOOK_ITEM, RESULT_PREFIX } from '../../../../shared/store/keys.ts';
import type { DynamoTable } from '../../../../shared/store/table.ts';
import { typedPath } from '../../../command-line/paths.ts';
import { headlineOf } from '../../../console/views/headline.ts';
import { createHealth } from '../../../console/views/health.ts';
import { countMessages } from '../../../console/views/message-counts.ts';
import { openLocalTarget } from '../../../ops/local-target.ts';
import type { Clients } from '../../../running-stacks/clients.ts';
import { DEFAULT_DATA_DIR, stackFilePath } from '../../../running-stacks/data-dir.ts';
import { describeBook, faultsOf } from '../../ocrolus/control/control.ts';
import type { Simulator } from '../../ocrolus/simulator.ts';
import type { LocalStack } from '../../stack.ts';
import type { Journal } from '../journal/journal.ts';
import { listDeliveries } from './delivery-list.ts';
import type { QueueViews } from './queues.ts';

/** Number of rows of each list in a snapshot; the pages of the console ask for more. */
const ROWS = 100;

/** Maximum share of the time for scans of the table. */
const SCAN_SHARE = 0.1;
const LEAST_SCAN_PAUSE_MS = 1000;

interface SnapshotDependencies {
  readonly stack: LocalStack;
  readonly simulator: Simulator | undefined;
  readonly journal: Journal;
  readonly clients: Clients;
  readonly queues: QueueViews;
  readonly dataDir: string;
}

/** State of the stack, as the console shows it. */
export type Snapshot = Awaited<ReturnType<ReturnType<typeof createSnapshots>>>;

/** Reads the state of the stack for the console, whenever it is called. */
export function createSnapshots({
  stack,
  simulator,
  journal,
  clients,
  queues: inspection,
  dataDir,
}: SnapshotDependencies) {
  const facts = {
    stage: null,
    /** Flags of `ops` that select this stack; empty for the default one. */
    opsFlags: dataDir === DEFAULT_DATA_DIR ? '' : ` --data ${typedPath(dataDir)}`,
    /** File with the address of the control. */
    stackFile: typedPath(stackFilePath(dataDir)),
    pollSeconds: stack.pollSeconds,
    requestsPerSecond: stack.requestsPerSecond,
    events: EVENT_NAMES,
  };
  const { read: readHealth } = createHealth(() => openLocalTarget(dataDir), facts.opsFlags);
  let table: TableSummary = { books: 0, lacking: 0, results: 0, latest: [] };
  let scannedAt = 0;
  let scanPauseMs = 0;
  let scannedRevision = -1;
  let deadSeen = '';

  async function scan(now: number): Promise<void> {
    if (journal.revision === scannedRevision || now < scannedAt + scanPauseMs) return;
    const { revision } = journal;
    table = await summarizeTable(clients.table());
    // Only now, so that a scan that failed is repeated.
    scannedRevision = revision;
    scannedAt = Date.now();
    scanPauseMs = Math.max(LEAST_SCAN_PAUSE_MS, (scannedAt - now) / SCAN_SHARE);
  }

  /** Marks deliveries as dead that are in a dead-letter queue, which only the queue knows. */
  async function noteDead(
    queues: readonly { readonly channel: string; readonly dlq: number }[],
  ): Promise<void> {
    const seen = `${journal.revision} ${queues.map(({ dlq }) => dlq).join(' ')}`;
    if (seen === deadSeen) return;
    deadSeen = seen;
    const letters = await Promise.all(
      queues.flatMap(({ channel, dlq }) => (dlq > 0 ? [inspection.deadLetters(channel)] : [])),
    );
    journal.setDead(new Set(letters.flat().flatMap(({ envelope }) => envelope?.deliveryId ?? [])));
  }

  return async () => {
    const now = Date.now();
    const [queues] = await Promise.all([inspection.all(now), scan(now)]);
    await noteDead(queues);
    const { rows } = listDeliveries(journal, simulator, { limit: ROWS });
    const sent = simulator?.deliveries.all ?? [];
    const books = (simulator?.books ?? []).slice(-ROWS).reverse();
    const counts = {
      ...journal.counts,
      sent: sent.length,
      lost: sent.filter(({ outcome }) => outcome === 'dropped' || outcome === 'given-up').length,
      ...countMessages(queues),
    };
    const health = readHealth();
    const paused = stack.pausedChannels();
    return {
      stage: null,
      facts,
      counts,
      health,
      headline: headlineOf({
        health,
        dead: counts.dead,
        queued: counts.waiting + counts.inFlight,
        pollerProblem: pollerProblem(journal),
        retrying: rows.filter(({ state }) => state === 'retrying').length,
        books: table.books,
        lacking: table.lacking,
      }),
      queues: queues.map((queue) => ({ ...queue, isPaused: paused.includes(queue.channel) })),
      functions: stack.functionNames.map((name) => ({
        name,
        ...stack.environments(name),
        ...journal.invocations(name),
      })),
      deliveries: rows,
      table,
      // Without their documents, of which there may be thousands.
      books: books.map(describeBook).map(({ documents: _, ...book }) => book),
      poller: journal.pollerRuns.slice(0, ROWS).map(({ calls, messages: _, ...run }) => ({
        ...run,
        calls: calls.length,
      })),
      series: journal.series.plotted(),
      faults: simulator === undefined ? null : faultsOf(simulator),
    };
  };
}

/** What the last finished run of the poller could not do. */
function pollerProblem({ pollerRuns }: Journal): string {
  const { error, report } = pollerRuns.find(({ ms }) => ms !== undefined) ?? {};
  const accounts = report?.problems.map(({ account, code }) => `${account} (${code})`) ?? [];
  return error ?? (accounts.length === 0 ? '' : `it cannot read the list of books of ${accounts.join(', ')}`);
}

/** Content of the table. */
interface TableSummary {
  readonly books: number;
  /** Books that lack a result, or of which only an event is known. */
  readonly lacking: number;
  readonly results: number;
  /** Books that changed last, newest first. */
  readonly latest: readonly z.infer<typeof Row>[];
}

const Row = z.object({
  bookId: z.string(),
  item: z.string(),
  name: z.string().optional(),
  status: z.string().optional(),
  complete: z.boolean().optional(),
  open: z.array(z.string()).optional(),
  updatedAt: z.string().default(''),
});

/** Reads the whole table, which is acceptable on this machine. */
async function summarizeTable({ client, name }: DynamoTable): Promise<TableSummary> {
  let results = 0;
  const books: z.infer<typeof Row>[] = [];
  let ExclusiveStartKey: ScanCommandInput['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: name,
        ProjectionExpression: 'bookId, #item, #name, #status, complete, #open, updatedAt',
        ExpressionAttributeNames: { '#item': 'item', '#name': 'name', '#status': 'status', '#open': 'open' },
        ExclusiveStartKey,
      }),
    );
    for (const one of page.Items ?? []) {
      const row = Row.parse(one);
      if (row.item === BOOK_ITEM) books.push(row);
      else if (row.item.startsWith(RESULT_PREFIX)) results += 1;
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  const latest = books.sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)).slice(0, ROWS);
  const lacking = books.filter(({ complete, status }) => complete === false || status === undefined).length;
  return { books: books.length, lacking, results, latest };
}
