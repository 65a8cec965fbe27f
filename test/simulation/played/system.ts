import { createHmac } from 'node:crypto';
import { Disturbances } from '../faults/disturbances.ts';
import { Actors, type Simulation } from '../kernel/actors.ts';
import { BodyStore } from '../kernel/bodies.ts';
import { type FaultProfile, Faults, QUIET } from '../kernel/faults.ts';
import { History } from '../kernel/history.ts';
import { MemoryQueues } from '../kernel/queue/memory-queue.ts';
import { Random } from '../kernel/random.ts';
import { Scheduler } from '../kernel/schedule/scheduler.ts';
import { openMemoryTable } from '../kernel/table/memory-table.ts';
import { createOcrolus } from '../ocrolus/ocrolus.ts';
import { DEFAULT_PROFILE } from '../ocrolus/profile.ts';
import { createRandom } from '../ocrolus/random.ts';
import { startConsumers } from '../system/consumers.ts';
import { type Core, type CoreListeners, NO_FAULTS } from '../system/core.ts';
import { PollerSchedule } from '../system/poller.ts';
import { webhookSecret } from '../system/settings.ts';
import { Deployments, defaultStage, Pauses } from '../system/stage.ts';
import { WebhookApi } from '../system/webhook.ts';
import type { PlayedOcrolus } from './played-ocrolus.ts';

interface PlayedSystemOptions {
  readonly ocrolus: PlayedOcrolus;
  readonly accounts: readonly string[];
  /** Unix milliseconds. */
  readonly startAt: number;
  /** How long each request takes. */
  readonly profile?: FaultProfile;
}

const NO_LISTENERS: CoreListeners = {
  line: () => {},
  call: () => {},
  send: () => {},
  understood: () => {},
  refused: () => {},
  shown: () => {},
  received: () => {},
  processed: () => {},
  backfilled: () => {},
  damaged: () => {},
  dead: () => {},
  polled: () => {},
};

/** The whole system with a played Ocrolus, in virtual time and without faults. */
export interface PlayedSystem {
  readonly core: Core;
  /** Creates the queues, and lets consumers and poller work from now on. */
  start(): void;
  /** Posts a signed delivery; a text is sent as it is. @throws Error unless the webhook answers 200. */
  post(account: string, body: unknown): Promise<void>;
}

export function createPlayedSystem({
  ocrolus,
  accounts,
  startAt,
  profile = QUIET,
}: PlayedSystemOptions): PlayedSystem {
  const random = new Random('played');
  const simulation: Simulation = {
    random,
    scheduler: new Scheduler(random.fork('scheduler'), startAt),
    faults: new Faults(profile),
    history: new History(),
  };
  const core: Core = {
    simulation,
    actors: new Actors(simulation),
    table: openMemoryTable(simulation),
    queues: new MemoryQueues(simulation),
    bodies: new BodyStore(),
    ocrolus: {
      ...unusedModel(simulation),
      answer: ({ query, ...request }) => ocrolus.answer({ ...request, query: new URLSearchParams(query) }),
      bookCount: () => ocrolus.bookCount,
    },
    random: random.fork('world'),
    faults: { current: NO_FAULTS },
    listeners: NO_LISTENERS,
    forgotten: new Map(),
    damaged: new Map(),
    deployments: new Deployments(
      [{ at: startAt, stage: defaultStage(accounts), isLaterVersion: false }],
      simulation.scheduler.now,
    ),
    pauses: new Pauses(simulation.scheduler),
    disturbances: new Disturbances(),
    kills: { count: 0 },
  };
  const api = new WebhookApi(core);
  return {
    core,
    start() {
      startConsumers(core);
      new PollerSchedule(core).start();
    },
    async post(account, body) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const timestamp = String(Math.floor(simulation.scheduler.now() / 1000));
      const requestId = core.random.uuid();
      const headers = {
        // docs/ocrolus.md#signature
        'Webhook-Signature': createHmac('sha256', webhookSecret(account))
          .update(`${timestamp}.${requestId}.${text}`)
          .digest('hex'),
        'Webhook-Timestamp': timestamp,
        'Webhook-Request-Id': requestId,
      };
      const posted = await api.post({ account, headers, body: text });
      if (posted?.statusCode !== 200) throw new Error(`the webhook answered ${posted?.statusCode}`);
    },
  };
}

/** The simulation's own model of Ocrolus, without books: for what no played scenario asks. */
function unusedModel({ scheduler }: Simulation): Core['ocrolus'] {
  return createOcrolus({
    random: createRandom(1),
    now: scheduler.now,
    schedule: () => {},
    deliver: () => {},
    profile: { ...DEFAULT_PROFILE, books: 0 },
  });
}
