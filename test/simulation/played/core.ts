import { createHmac } from 'node:crypto';
import { Disturbances } from '../faults/disturbances.ts';
import type { Simulation } from '../kernel/actors.ts';
import type { FaultProfile } from '../kernel/faults.ts';
import type { Core, CoreListeners } from '../system/core.ts';
import { Pauses } from '../system/pauses.ts';
import { Deployments, defaultStage } from '../system/stage.ts';
import type { Kernel } from './kernel.ts';
import type { PlayedOcrolus } from './played-ocrolus.ts';

export interface PlayedCoreOptions {
  readonly ocrolus: PlayedOcrolus;
  readonly accounts: readonly string[];
  /** Unix milliseconds. */
  readonly startAt: number;
  /** How long each request takes. */
  readonly profile?: FaultProfile;
  readonly listeners?: Partial<CoreListeners>;
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

/** Table, queues, bucket, clock and webhook around a played Ocrolus; nothing consumes or polls yet. */
export interface PlayedCore {
  readonly core: Core;
  /** Posts a signed delivery; a text is sent as it is. @throws Error unless the webhook answers 200. */
  post(account: string, body: unknown): Promise<void>;
}

export function createPlayedCore(kernel: Kernel, options: PlayedCoreOptions): PlayedCore {
  const { ocrolus, accounts, startAt, profile = kernel.QUIET } = options;
  const random = new kernel.Random('played');
  const simulation: Simulation = {
    random,
    scheduler: new kernel.Scheduler(random.fork('scheduler'), startAt),
    faults: new kernel.Faults(profile),
    history: new kernel.History(),
  };
  const core: Core = {
    simulation,
    actors: new kernel.Actors(simulation),
    table: kernel.openMemoryTable(simulation),
    queues: new kernel.MemoryQueues(simulation),
    bodies: new kernel.BodyStore(),
    ocrolus: {
      ...unusedModel(kernel, simulation),
      answer: ({ query, ...request }) => ocrolus.answer({ ...request, query: new URLSearchParams(query) }),
      bookCount: () => ocrolus.bookCount,
    },
    random: random.fork('world'),
    faults: { current: kernel.NO_FAULTS },
    listeners: { ...NO_LISTENERS, ...options.listeners },
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
  // Version 0.1.0 does not know the accounts from the deployment.
  const WebhookApi: new (core: Core, accounts: readonly string[]) => InstanceType<Kernel['WebhookApi']> =
    kernel.WebhookApi;
  const api = new WebhookApi(core, accounts);
  return {
    core,
    async post(account, body) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const timestamp = String(Math.floor(simulation.scheduler.now() / 1000));
      const requestId = core.random.uuid();
      const headers = {
        // docs/ocrolus.md#signature
        'Webhook-Signature': createHmac('sha256', kernel.webhookSecret(account))
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
function unusedModel(kernel: Kernel, { scheduler }: Simulation): Core['ocrolus'] {
  return kernel.createOcrolus({
    random: kernel.createRandom(1),
    now: scheduler.now,
    schedule: () => {},
    deliver: () => {},
    profile: { ...kernel.DEFAULT_PROFILE, books: 0 },
  });
}
