import { type FaultProfile, Faults, QUIET } from './faults.ts';
import { History, Random } from './random.ts';
import { Scheduler } from './schedule/scheduler.ts';

/** As `AbortSignal.timeout` gives it. One for all, because most signals time out long after their call is over. */
const TIMED_OUT = new DOMException('The operation timed out', 'TimeoutError');

/** What all actors of a simulation share. */
export class Simulation {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly history = new History();
  #actorCount = 0;

  /** @param startAt virtual Unix milliseconds. */
  constructor(seed: string | number, startAt: number, profile: FaultProfile = QUIET) {
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random.fork('scheduler'), startAt);
    this.faults = new Faults(profile);
  }

  /** Actors have the ids 1, 2, 3 and so on. */
  startActor(name: string): Actor {
    this.#actorCount += 1;
    return new Actor(this, this.#actorCount, name);
  }
}

/**
 * A process that can die: one Lambda environment. The code of a dead actor stops at its next call of a port,
 * because the promise it waits for never settles.
 */
export class Actor {
  readonly id: number;
  readonly name: string;
  readonly simulation: Simulation;
  /** Its own, so that one actor's draws do not change another's. */
  readonly random: Random;
  readonly #deathListeners: (() => void)[] = [];
  #isAlive = true;

  constructor(simulation: Simulation, id: number, name: string) {
    this.simulation = simulation;
    this.id = id;
    this.name = name;
    this.random = simulation.random.fork(`actor-${id}`);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** @param cause for the trace. */
  kill(cause: string): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    const { scheduler, history } = this.simulation;
    history.record({
      time: scheduler.now(),
      actor: this.id,
      port: 'death',
      key: this.name,
      decision: cause,
    });
    for (const listener of this.#deathListeners) listener();
  }

  /** Called once, at the moment of death: the platform ends the invocation. */
  onDeath(listener: () => void): void {
    this.#deathListeners.push(listener);
  }

  /** For the port `wait`. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#isAlive) return;
      const { scheduler, history } = this.simulation;
      scheduler.after(milliseconds, () => {
        if (!this.#isAlive) return;
        history.record({ time: scheduler.now(), actor: this.id, port: 'wait', key: '', decision: 'ok' });
        resolve();
      });
    });
  }

  /** For the port `timeout`: `AbortSignal.timeout` in virtual time. */
  timeout(milliseconds: number): AbortSignal {
    const controller = new AbortController();
    this.simulation.scheduler.after(milliseconds, () => {
      if (this.#isAlive) controller.abort(TIMED_OUT);
    });
    return controller.signal;
  }
}
