import type { SimulatorControl } from '../../ocrolus/control/control.ts';
import type { LocalStack } from '../../stack.ts';
import type { Journal } from '../journal/journal.ts';
import type { Store } from '../store.ts';
import { listDeliveries } from './delivery-list.ts';
import type { QueueViews } from './queues.ts';
import { EMPTY_TABLE, summarizeTable, type TableSummary } from './table-summary.ts';

/** Number of rows of each list in a snapshot; the pages of the console ask for more. */
const ROWS = 100;

/** Maximum share of the time for scans of the table. */
const SCAN_SHARE = 0.1;
const LEAST_SCAN_PAUSE_MS = 1000;

export interface SnapshotDependencies {
  readonly stack: LocalStack;
  readonly control: SimulatorControl | undefined;
  readonly journal: Journal;
  readonly store: Store;
  readonly queues: QueueViews;
  readonly facts: StackFacts;
}

/** Facts that do not change while the stack runs. */
export interface StackFacts {
  readonly pid: number;
  /** Flags of `ops` that select this stack; empty for the default one. */
  readonly opsFlags: string;
  /** File with the address of the control. */
  readonly stackFile: string;
  readonly pollSeconds: number | null;
  readonly requestsPerSecond: number;
  readonly events: readonly string[];
}

/** State of the stack, as the console shows it. */
export type Snapshot = Awaited<ReturnType<Snapshots['take']>>;

/** Reads the state of the stack for the console. */
export class Snapshots {
  readonly #dependencies: SnapshotDependencies;
  #table: TableSummary = EMPTY_TABLE;
  #scannedAt = 0;
  #scanPauseMs = 0;
  #scannedRevision = -1;
  #deadSeen = '';

  constructor(dependencies: SnapshotDependencies) {
    this.#dependencies = dependencies;
  }

  async take() {
    const { stack, control, journal, queues: inspection, facts } = this.#dependencies;
    const now = Date.now();
    const [queues] = await Promise.all([inspection.all(now), this.#scan(now)]);
    await this.#noteDead(queues);
    const simulator = control?.simulator;
    const { total, rows } = listDeliveries(journal, simulator, { limit: ROWS });
    const sent = simulator?.deliveries ?? [];
    const sum = (name: 'visible' | 'delayed' | 'inFlight' | 'dlq') =>
      queues.reduce((all, queue) => all + queue[name], 0);
    return {
      facts,
      counts: {
        ...journal.counts,
        sent: sent.length,
        lost: sent.filter(({ outcome }) => outcome === 'dropped' || outcome === 'given-up').length,
        waiting: sum('visible') + sum('delayed'),
        inFlight: sum('inFlight'),
        dead: sum('dlq'),
        deliveries: total,
      },
      queues,
      functions: stack.functionNames.map((name) => ({
        name,
        ...stack.environments(name),
        ...journal.invocations(name),
      })),
      deliveries: rows,
      table: this.#table,
      books: (control?.books ?? []).slice(0, ROWS).map(({ documents, ...book }) => ({
        ...book,
        documents: documents.length,
      })),
      poller: journal.pollerRuns.all.slice(0, ROWS),
      series: journal.series.plotted(),
      faults: control?.faults.state ?? null,
    };
  }

  async #scan(now: number): Promise<void> {
    const { store, journal } = this.#dependencies;
    if (journal.revision === this.#scannedRevision || now < this.#scannedAt + this.#scanPauseMs) return;
    this.#scannedRevision = journal.revision;
    this.#table = await summarizeTable(store.table);
    this.#scannedAt = Date.now();
    this.#scanPauseMs = Math.max(LEAST_SCAN_PAUSE_MS, (this.#scannedAt - now) / SCAN_SHARE);
  }

  /** Marks deliveries as dead that are in a dead-letter queue, which only the queue knows. */
  async #noteDead(queues: readonly { readonly channel: string; readonly dlq: number }[]): Promise<void> {
    const { queues: inspection, journal } = this.#dependencies;
    const seen = `${journal.revision} ${queues.map(({ dlq }) => dlq).join(' ')}`;
    if (seen === this.#deadSeen) return;
    this.#deadSeen = seen;
    const letters = await Promise.all(
      queues.flatMap(({ channel, dlq }) => (dlq > 0 ? [inspection.deadLetters(channel)] : [])),
    );
    journal.setDead(new Set(letters.flat().flatMap(({ envelope }) => envelope?.deliveryId ?? [])));
  }
}
