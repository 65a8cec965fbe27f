import { Disturbances } from '../faults/disturbances.ts';
import { Simulation } from '../kernel/actors.ts';
import { BodyStore } from '../kernel/bodies.ts';
import { MemoryQueues } from '../kernel/queue/memory-queue.ts';
import { openMemoryTable } from '../kernel/table/memory-table.ts';
import { createOcrolus } from '../ocrolus/ocrolus.ts';
import type { Profile } from '../ocrolus/profile.ts';
import { createRandom } from '../ocrolus/random.ts';
import { type Core, type CoreListeners, NO_FAULTS } from './core.ts';
import { PollerSchedule, startConsumers } from './functions.ts';
import { startPublisher } from './publisher.ts';
import { type Deployed, Deployments, Pauses } from './settings.ts';
import { Courier, WebhookApi } from './webhook.ts';

export const START = Date.UTC(2026, 0, 1);

/** The whole system: every Lambda, table, queues and bucket, and Ocrolus. */
export interface System {
  readonly core: Core;
  readonly courier: Courier;
  readonly poller: PollerSchedule;
}

/** All of a system but Ocrolus, in which nothing runs yet. */
export function createCore(
  simulation: Simulation,
  parts: {
    readonly ocrolus: Core['ocrolus'];
    readonly listeners?: CoreListeners;
    readonly deployed: readonly [Deployed, ...Deployed[]];
  },
): Core {
  const { scheduler, random } = simulation;
  const { ocrolus, listeners = {}, deployed } = parts;
  const table = openMemoryTable(simulation);
  startPublisher(table, (event) => listeners.published?.(event));
  return {
    simulation,
    ocrolus,
    listeners,
    table,
    queues: new MemoryQueues(simulation),
    bodies: new BodyStore(),
    random: random.fork('world'),
    faults: { current: NO_FAULTS },
    forgotten: new Map(),
    damaged: new Map(),
    deployments: new Deployments(deployed, scheduler.now),
    pauses: new Pauses(scheduler),
    disturbances: new Disturbances(),
    kills: { count: 0 },
  };
}

export function startSystem(options: {
  readonly seed: number;
  readonly profile: Profile;
  readonly deployed: readonly [Deployed, ...Deployed[]];
  /** Of the books, how many are never announced. */
  readonly silentBooks: number;
  /** Absent: runs of the poller that find nothing are mostly left out. */
  readonly everyRun?: boolean;
}): System {
  const { seed, profile, deployed, silentBooks, everyRun } = options;
  const listeners: CoreListeners = {};
  const simulation = new Simulation(seed, START);
  const { scheduler, random } = simulation;
  const ocrolus = createOcrolus({
    random: createRandom(random.fork('ocrolus').uint32()),
    now: scheduler.now,
    schedule: (at, work) => void scheduler.at(at, work),
    deliver: (delivery) => courier.deliver(delivery),
    profile,
    onCall: (call, state) => listeners.understood?.(call, state),
    onRefused: () => listeners.refused?.(),
    onChange: (bookUuid) => listeners.shown?.(bookUuid),
  });
  const core = createCore(simulation, { ocrolus, listeners, deployed });
  const accounts = profile.accounts.map(({ name }) => name);
  const courier = new Courier(core, new WebhookApi(core), {
    accounts,
    isSilentBook: (uuid) => Number.parseInt(uuid.slice(0, 4), 16) < silentBooks * 0x1_0000,
  });
  startConsumers(core);
  const poller = new PollerSchedule(core, everyRun);
  poller.start();
  return { core, courier, poller };
}
