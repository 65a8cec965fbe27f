import { isOfCredentials } from '../../shared/events/statuses.ts';
import { asFailure, type Failure } from '../../shared/failure.ts';
import { isOfOcrolus, isThrottling } from '../../shared/ocrolus/failures.ts';
import { BATCH_ENTRIES } from '../../shared/queue.ts';
import { FORGOTTEN_SHARD } from '../../shared/store/keys.ts';
import { isBookRow, readDue } from '../../shared/store/polling/due.ts';
import { withMetrics } from '../../shared/telemetry/metrics.ts';
import { iso } from '../../shared/time.ts';
import type { PollerDependencies } from './dependencies.ts';
import { discover } from './discovery/discover.ts';
import { createHandOver } from './hand-over.ts';
import { sweepForgotten } from './sweep-forgotten.ts';

/** `due`: on schedule. `now`: an operator asks, so nothing waits until it is due. */
export type PollMode = 'due' | 'now';

export interface PollReport {
  /** Listed books that were not stored before. */
  readonly discovered: number;
  /** Books handed over to the consumers. */
  readonly polled: number;
  /** True if due books are left to the next run, because the queue had no room or there was no time. */
  readonly isBehind: boolean;
  /** Accounts whose list of books could not be read, with the code of the failure. */
  readonly problems: readonly { readonly account: string; readonly code: string }[];
}

/** Later than any scheduled time. */
const END_OF_TIME = '9999';

/** Reserved for the last writes before the Lambda times out. */
const RESERVE_MS = 10_000;

/**
 * Runs the poller (docs/design.md#the-poller): continues discovery by a page, hands the books that are due over to
 * the consumers, the longest due first, and sweeps forgotten books. It asks nothing about a book, and writes only
 * those that it discovers, so two runs at the same time do no harm: the second look at a book finds it not due.
 *
 * @param remainingMs of the Lambda.
 * @param mode `now`: incomplete books are handed over whether due or not.
 */
export async function poll(
  dependencies: PollerDependencies,
  runId: string,
  remainingMs: number,
  mode: PollMode = 'due',
): Promise<PollReport> {
  return withMetrics(dependencies.metrics, () => run(dependencies, runId, remainingMs, mode));
}

async function run(
  dependencies: PollerDependencies,
  runId: string,
  remainingMs: number,
  mode: PollMode,
): Promise<PollReport> {
  const { ports, metrics } = dependencies;
  const log = dependencies.log.with({ requestId: runId });
  const deadline = ports.now() + Math.max(remainingMs - RESERVE_MS, remainingMs / 2);
  const problems = new Map<string, string>();
  const due = new DueBooks(dependencies, deadline, mode);
  let discovered = 0;
  let isMore: boolean;
  do {
    const page = await discoverAll(dependencies, deadline, problems);
    discovered += page.found;
    ({ isMore } = page);
    await due.handOver();
  } while (isMore && !due.isBehind);
  await sweepAll(dependencies, deadline);
  const counts = { discovered, polled: due.handedOver.size, isBehind: due.isBehind };
  log.info('polled', counts);
  for (const [account, code] of problems) log.warn('discovery stopped', { account, code });
  metrics.count('PollerRun', {});
  // A metric is paid for in each hour in which it is written, so an idle stage writes only its heartbeat.
  if (counts.discovered > 0) metrics.count('BooksDiscovered', {}, counts.discovered);
  if (counts.polled > 0) metrics.count('BooksPolled', {}, counts.polled);
  return { ...counts, problems: [...problems].map(([account, code]) => ({ account, code })) };
}

/** Reads one page of each account's list. @param problems of accounts, which are then left out. */
async function discoverAll(
  dependencies: PollerDependencies,
  deadline: number,
  problems: Map<string, string>,
): Promise<{ readonly found: number; readonly isMore: boolean }> {
  const { accounts, settings, ports } = dependencies;
  const all = { found: 0, isMore: false };
  if (!settings.POLL_DISCOVER || ports.now() >= deadline) return all;
  for (const account of accounts.names.filter((name) => !problems.has(name))) {
    try {
      const { found, isCaughtUp } = await discover(dependencies, account, deadline);
      all.found += found;
      all.isMore ||= !isCaughtUp;
    } catch (error) {
      const failure = asFailure(error);
      problems.set(account, failure.code);
      const cause = causeOf(failure);
      if (cause !== undefined) dependencies.metrics.count('AccountNotAsked', { cause });
    }
  }
  return all;
}

/** Why the list of books of an account cannot be read, unless it is reported elsewhere, or our own table fails. */
function causeOf(failure: Failure): 'refused' | 'unavailable' | undefined {
  // The client itself reports that there is no token, and 429 answers.
  if (isOfCredentials(failure) || failure.code === 'token' || isThrottling(failure)) return undefined;
  if (failure.class === 'refused') return 'refused';
  return isOfOcrolus(failure) ? 'unavailable' : undefined;
}

/** Books that are due, and are handed over in this run. */
class DueBooks {
  readonly handedOver = new Set<string>();
  /** There was no room for all of them. */
  isBehind = false;
  readonly #dependencies: PollerDependencies;
  readonly #deadline: number;
  readonly #mode: PollMode;
  readonly #send: ReturnType<typeof createHandOver>;

  constructor(dependencies: PollerDependencies, deadline: number, mode: PollMode) {
    this.#dependencies = dependencies;
    this.#deadline = deadline;
    this.#mode = mode;
    this.#send = createHandOver(dependencies, mode === 'now');
  }

  async handOver(): Promise<void> {
    const { ports, metrics } = this.#dependencies;
    const startedAt = ports.now();
    const until = this.#mode === 'now' ? END_OF_TIME : iso(startedAt);
    let dueLag = 0;
    let batch: string[] = [];
    const flush = async () => {
      if (batch.length === 0) return;
      const isSent = await this.#send(batch, this.#deadline);
      if (isSent) for (const bookId of batch) this.handedOver.add(bookId);
      else this.isBehind = true;
      batch = [];
    };
    for await (const row of readDue(ports.table, until)) {
      const { bookId, dueAt } = row;
      if (!isBookRow(row) || this.handedOver.has(bookId)) continue;
      dueLag = Math.max(dueLag, (startedAt - Date.parse(dueAt)) / 1000);
      batch.push(bookId);
      if (batch.length === BATCH_ENTRIES) await flush();
      if (this.isBehind) break;
    }
    await flush();
    if (dueLag > 0) metrics.record('DueLag', dueLag, 'Seconds', {});
  }
}

async function sweepAll(dependencies: PollerDependencies, deadline: number): Promise<void> {
  const { ports, log } = dependencies;
  for await (const { bookId } of ports.table.queryDue(FORGOTTEN_SHARD, iso(ports.now()))) {
    if (ports.now() >= deadline) return;
    try {
      await sweepForgotten(dependencies, bookId, deadline);
    } catch (error) {
      log.warn('forgotten book not swept', { bookUuid: bookId, code: asFailure(error).code });
    }
  }
}
