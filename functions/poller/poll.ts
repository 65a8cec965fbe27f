import { asFailure } from '../../shared/failure.ts';
import { OPEN_PREFIX } from '../../shared/store/keys.ts';
import { readDue } from '../../shared/store/polling/due.ts';
import { releaseLease, takeLease } from '../../shared/store/polling/poller-state.ts';
import type { DueRow } from '../../shared/store/table.ts';
import { iso } from '../../shared/time.ts';
import { AccountHealth, type AccountProblem } from './account-health.ts';
import type { PollerDependencies } from './dependencies.ts';
import { discover } from './discover.ts';
import { moveBehind, pollBook } from './poll-book.ts';
import { pollOpenItem } from './poll-open-item.ts';
import type { PollMode } from './poll-options.ts';
import { alternate, pollingOrder } from './polling-order.ts';
import { Sender } from './send.ts';

export interface PollReport {
  /** `false`: another run was in progress, and nothing was done. */
  readonly ran: boolean;
  readonly discovered: number;
  readonly polled: number;
  /** Messages. */
  readonly sent: number;
  /** Books that Ocrolus refuses to show. */
  readonly refused: number;
  /** Books that are left to the next run. */
  readonly failed: number;
  /** Accounts that could not be asked. */
  readonly problems: readonly AccountProblem[];
}

const NOTHING = { discovered: 0, polled: 0, sent: 0, refused: 0, failed: 0 };

/** Later than any schedule. */
const END_OF_TIME = '9999';

/** Reserved for the last writes before the Lambda times out. */
const RESERVE_MS = 10_000;
/** Books polled at the same time; the rate limiter spaces the calls. */
const AT_ONCE = 4;
/** After so many failures in a row, across accounts, the table or the network is down: the run ends. */
const FAILURES_IN_A_ROW = 20;

/**
 * One run of the poller (docs/design.md#the-poller): polls the books that are due, and unknown ones as time allows
 * (`pollingOrder`), until all are polled or the time is over. Its cost follows the number of due books.
 *
 * @param remainingMs of the Lambda.
 * @param mode `now`: an operator asks. Incomplete books are polled whether due or not, and their missing results are
 * asked for without waiting for the grace time.
 */
export async function poll(
  dependencies: PollerDependencies,
  runId: string,
  remainingMs: number,
  mode: PollMode = 'due',
): Promise<PollReport> {
  const { ports, log, metrics } = dependencies;
  const now = ports.now();
  const deadline = now + Math.max(remainingMs - RESERVE_MS, remainingMs / 2);
  if (!(await takeLease(ports.table, runId, now, now + remainingMs))) {
    log.info('another run is in progress');
    return { ran: false, ...NOTHING, problems: [] };
  }
  try {
    const { problems, ...tally } = await new Run(dependencies, deadline, mode).pollAll();
    const report = { ran: true, ...tally };
    log.info('polled', { ...report });
    metrics.count('PollerRun', {});
    // A metric is paid for in each hour in which it is written: an idle stage writes its heartbeat only.
    if (tally.discovered > 0) metrics.count('BooksDiscovered', {}, tally.discovered);
    if (tally.polled > 0) metrics.count('BooksPolled', {}, tally.polled);
    if (tally.sent > 0) metrics.count('PollMessagesSent', {}, tally.sent);
    return { ...report, problems };
  } finally {
    await releaseLease(ports.table, runId);
  }
}

/** The work of one run. */
class Run {
  readonly #dependencies: PollerDependencies;
  readonly #deadline: number;
  readonly #mode: PollMode;
  readonly #sender: Sender;
  readonly #health = new AccountHealth();
  readonly #tally = { ...NOTHING };
  #failuresInARow = 0;

  constructor(dependencies: PollerDependencies, deadline: number, mode: PollMode) {
    this.#dependencies = dependencies;
    this.#deadline = deadline;
    this.#mode = mode;
    this.#sender = new Sender(dependencies);
  }

  async pollAll() {
    const { ports, accounts, settings, metrics } = this.#dependencies;
    const startedAt = ports.now();
    const until = this.#mode === 'now' ? END_OF_TIME : iso(startedAt);
    const discovered = alternate(
      settings.POLL_DISCOVER ? accounts.names.map((account) => this.#discover(account)) : [],
    );
    const inProgress = new Set<Promise<void>>();
    /** The index may show a book again: after its discovery, or after it has been scheduled again. */
    const started = new Set<string>();
    let dueLag = 0;
    for await (const row of pollingOrder(readDue(ports.table, until), discovered)) {
      const name = `${row.bookId} ${row.item}`;
      if (started.has(name)) continue;
      dueLag = Math.max(dueLag, (startedAt - Date.parse(row.dueAt)) / 1000);
      if (ports.now() >= this.#deadline || this.#isDown()) break;
      started.add(name);
      const polling = this.#pollOne(row).finally(() => inProgress.delete(polling));
      inProgress.add(polling);
      if (inProgress.size >= AT_ONCE) await Promise.race(inProgress);
    }
    await Promise.all(inProgress);
    if (dueLag > 0) metrics.record('DueLag', dueLag, 'Seconds', {});
    return { ...this.#tally, problems: this.#health.problems };
  }

  #isDown(): boolean {
    const { names } = this.#dependencies.accounts;
    return this.#failuresInARow >= FAILURES_IN_A_ROW || this.#health.areAllDown(names);
  }

  async #pollOne(row: DueRow): Promise<void> {
    const log = this.#dependencies.log.with({ bookUuid: row.bookId });
    try {
      if (row.item.startsWith(OPEN_PREFIX)) {
        const sent = await pollOpenItem(this.#dependencies, row, this.#sender);
        // Not `+= await`: it would lose what other polls have counted in the meantime.
        this.#tally.sent += sent;
        return;
      }
      const options = {
        sender: this.#sender,
        health: this.#health,
        deadline: this.#deadline,
        mode: this.#mode,
      };
      const polled = await pollBook(this.#dependencies, row, options);
      if (polled.outcome === 'polled') {
        this.#tally.polled += 1;
        this.#tally.sent += polled.sent;
      }
      if (polled.outcome === 'refused') this.#tally.refused += 1;
      // A refusal is an answer too, and one account's refusals say nothing about the others.
      if (polled.outcome !== 'skipped') this.#failuresInARow = 0;
    } catch (error) {
      this.#tally.failed += 1;
      this.#failuresInARow += 1;
      log.warn('book not polled', { code: asFailure(error).code });
      await moveBehind(this.#dependencies, row).catch((problem: unknown) => {
        log.warn('book not moved behind', { code: asFailure(problem).code });
      });
    }
  }

  async *#discover(account: string): AsyncGenerator<DueRow> {
    try {
      for await (const row of discover(this.#dependencies, account, this.#deadline)) {
        this.#tally.discovered += 1;
        this.#health.answered(account);
        yield row;
        // Books of an account that is down could not be polled.
        if (this.#health.isDown(account)) return;
      }
      this.#health.answered(account);
    } catch (error) {
      this.#health.failed(account, asFailure(error).code);
      this.#dependencies.log.warn('discovery stopped', { code: asFailure(error).code });
    }
  }
}
