import { Disturbances } from '../faults/disturbances.ts';
import { Actors, type Simulation } from '../kernel/actors.ts';
import { BodyStore } from '../kernel/bodies.ts';
import { Faults, QUIET } from '../kernel/faults.ts';
import { History } from '../kernel/history.ts';
import { MemoryQueues } from '../kernel/queue/memory-queue.ts';
import { Random } from '../kernel/random.ts';
import { Scheduler } from '../kernel/schedule/scheduler.ts';
import { openMemoryTable } from '../kernel/table/memory-table.ts';
import { createOcrolus } from '../ocrolus/ocrolus.ts';
import type { Profile } from '../ocrolus/profile.ts';
import { createRandom } from '../ocrolus/random.ts';
import { startConsumers } from './consumers.ts';
import { type Core, type CoreListeners, NO_FAULTS } from './core.ts';
import { type Attempt, Courier } from './courier.ts';
import { PollerSchedule } from './poller.ts';
import { type Deployments, Pauses } from './stage.ts';
import { WebhookApi } from './webhook.ts';

export const START = Date.UTC(2026, 0, 1);

/** The whole system: every Lambda, table, queues and bucket, and Ocrolus. */
export interface System {
  readonly core: Core;
  readonly courier: Courier;
  readonly poller: PollerSchedule;
}

export function startSystem(options: {
  readonly seed: number;
  readonly profile: Profile;
  readonly deployments: (now: () => number) => Deployments;
  /** Of the books, how many are never announced. */
  readonly silentBooks: number;
  readonly listeners: CoreListeners & { readonly attempt: (attempt: Attempt) => void };
}): System {
  const { seed, profile, deployments, listeners, silentBooks } = options;
  const random = new Random(seed);
  const simulation: Simulation = {
    random,
    scheduler: new Scheduler(random.fork('scheduler'), START),
    faults: new Faults(QUIET),
    history: new History(),
  };
  const { scheduler } = simulation;
  const ocrolus = createOcrolus({
    random: createRandom(random.fork('ocrolus').uint32()),
    now: scheduler.now,
    schedule: (at, work) => void scheduler.at(at, work),
    deliver: (delivery) => courier.deliver(delivery),
    profile,
    onCall: (call, state) => listeners.understood(call, state),
    onRefused: () => listeners.refused(),
    onChange: (bookUuid) => listeners.shown(bookUuid),
  });
  const core: Core = {
    simulation,
    actors: new Actors(simulation),
    table: openMemoryTable(simulation),
    queues: new MemoryQueues(simulation),
    bodies: new BodyStore(),
    ocrolus,
    random: random.fork('world'),
    faults: { current: NO_FAULTS },
    listeners,
    forgotten: new Map(),
    damaged: new Map(),
    deployments: deployments(scheduler.now),
    pauses: new Pauses(scheduler),
    disturbances: new Disturbances(),
    kills: { count: 0 },
  };
  const accounts = profile.accounts.map(({ name }) => name);
  const courier = new Courier(core, new WebhookApi(core), {
    accounts,
    isSilentBook: (uuid) => Number.parseInt(uuid.slice(0, 4), 16) < silentBooks * 0x1_0000,
    listener: listeners.attempt,
  });
  startConsumers(core);
  const poller = new PollerSchedule(core);
  poller.start();
  return { core, courier, poller };
}
