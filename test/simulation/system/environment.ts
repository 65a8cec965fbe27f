import type { Ports } from '../../../shared/ports.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { Actor } from '../kernel/actors.ts';
import { openMemoryBodies } from '../kernel/bodies/memory-bodies.ts';
import { Meter } from '../kernel/meter.ts';
import { port } from '../kernel/port.ts';
import { openMemoryQueue } from '../kernel/queue/memory-queue.ts';
import type { ScheduledEvent } from '../kernel/schedule/scheduler.ts';
import { MemoryTable } from '../kernel/table/memory-table.ts';
import type { Core } from './core.ts';
import { openFetch } from './fetch.ts';
import { LaterTable } from './later-version.ts';
import { BUCKET, secretText } from './settings.ts';

/** One Lambda execution environment: it serves one invocation at a time, keeps its caches, and can die. */
export class Environment {
  readonly actor: Actor;
  readonly ports: Ports;
  readonly #core: Core;
  #ends: (() => void) | undefined;

  constructor(core: Core, name: string) {
    this.#core = core;
    this.actor = core.actors.start(name);
    this.ports = openActorPorts(core, this.actor);
    this.actor.onDeath(() => {
      core.kills.count += 1;
      this.#ends?.();
    });
  }

  get isAlive(): boolean {
    return this.actor.isAlive;
  }

  /**
   * @param timeoutMs after which the platform kills the environment.
   * @param killed probability that it dies at some moment of its work.
   * @param work gets how many milliseconds are left.
   * @returns `undefined` when it died.
   */
  async invoke<Result>(
    timeoutMs: number,
    killed: number,
    work: (remainingMs: () => number) => Promise<Result>,
  ): Promise<Result | undefined> {
    const { scheduler } = this.#core.simulation;
    this.actor.meter = new Meter();
    const endsAt = scheduler.now() + timeoutMs;
    const kills: ScheduledEvent[] = [scheduler.at(endsAt, () => this.actor.kill('timeout'))];
    if (this.actor.random.chance(killed)) {
      const span = this.actor.random.chance(0.5) ? timeoutMs / 100 : timeoutMs;
      kills.push(scheduler.after(this.actor.random.int(1, span), () => this.actor.kill('killed')));
    }
    const death = new Promise<undefined>((resolve) => {
      this.#ends = () => resolve(undefined);
    });
    const result = await Promise.race([work(() => endsAt - scheduler.now()), death]);
    this.#ends = undefined;
    for (const kill of kills) scheduler.cancel(kill);
    return result;
  }
}

function laterTable(table: Table, now: () => number, actor: Actor): Table {
  return new LaterTable(table, now, () => actor.random.float());
}

function openActorPorts(core: Core, actor: Actor): Ports {
  const { scheduler } = core.simulation;
  const { skewMs } = core.faults.current;
  const skew = skewMs === 0 ? 0 : actor.random.int(-skewMs, skewMs);
  const now = () => scheduler.now() + skew;
  const table = new MemoryTable(core.table, actor);
  return {
    now,
    wait: (milliseconds) => actor.sleep(milliseconds),
    random: () => actor.random.float(),
    id: () => actor.random.uuid(),
    timeout: (milliseconds) => actor.timeout(milliseconds),
    fetch: openFetch(core, actor),
    table: core.deployments.current.isLaterVersion ? laterTable(table, now, actor) : table,
    queue: openMemoryQueue(core.queues, actor),
    bodies: openMemoryBodies(core.bodies, BUCKET, actor),
    secret: (name) => port(actor, { name: 'secret.get', key: name }, () => secretText(name)),
    line: (text) => core.listeners.line(actor.name, text),
  };
}
