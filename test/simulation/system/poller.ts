import { openPoller, type PollerDependencies } from '../../../functions/poller/dependencies.ts';
import { poll } from '../../../functions/poller/poll.ts';
import { SECOND } from '../ocrolus/random.ts';
import type { Core } from './core.ts';
import { Environment } from './environment.ts';
import { pollerSettings } from './settings.ts';

const EVERY_MS = 300_000;
const TIMEOUT_MS = 300_000;
/** One run in so many takes place although there is nothing to do. */
const IDLE_RUNS = 12;
/** A row that becomes due while a run is under way, or by a clock that is ahead. */
const AHEAD_MS = 30 * SECOND;

interface Poller {
  readonly environment: Environment;
  readonly dependencies: PollerDependencies;
}

/**
 * Runs the poller on its schedule. A run that lasts does not hold up the next, which gets another environment. Of the
 * runs that would find nothing due and nothing new, most are left out: they are half of all events of a simulation.
 */
export class PollerSchedule {
  readonly #core: Core;
  #idle: Poller[] = [];
  #bookCount = 0;
  #skippedInARow = 0;
  runs = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  start(): void {
    this.#core.simulation.scheduler.after(EVERY_MS, () => {
      this.start();
      if (this.#hasWork()) void this.#run();
    });
  }

  #hasWork(): boolean {
    const { table, ocrolus, simulation } = this.#core;
    const until = new Date(simulation.scheduler.now() + AHEAD_MS).toISOString();
    const bookCount = ocrolus.bookCount();
    const isNew = bookCount > this.#bookCount;
    this.#bookCount = bookCount;
    const isDue = table.hasDue(until);
    this.#skippedInARow = isDue || isNew ? 0 : this.#skippedInARow + 1;
    return this.#skippedInARow % IDLE_RUNS === 0;
  }

  async #run(): Promise<void> {
    const core = this.#core;
    const runId = core.random.uuid();
    const idle = this.#idle.pop();
    const poller = idle?.environment.isUsable === true ? idle : openPollerFunction(core);
    this.runs += 1;
    await poller.environment.invoke(TIMEOUT_MS, core.faults.current.killed.poller, (remaining) =>
      poll(poller.dependencies, runId, remaining()).catch(() => undefined),
    );
    core.listeners.polled?.(poller.environment.actor.meter);
    if (poller.environment.actor.isAlive) this.#idle.push(poller);
  }
}

/** An execution environment of the poller, as it is deployed now. */
export function openPollerFunction(core: Core): Poller {
  const environment = new Environment(core, 'poller');
  return { environment, dependencies: openPoller(pollerSettings(environment.stage), environment.ports) };
}
