import { Simulation } from '../kernel/actors.ts';
import type { FaultProfile } from '../kernel/faults.ts';
import { createOcrolus } from '../ocrolus/ocrolus.ts';
import { DEFAULT_PROFILE } from '../ocrolus/profile.ts';
import { createRandom } from '../ocrolus/random.ts';
import type { Core } from '../system/core.ts';
import { PollerSchedule, startConsumers } from '../system/functions.ts';
import { defaultStage } from '../system/settings.ts';
import { createCore } from '../system/start.ts';
import { signedHeaders, WebhookApi } from '../system/webhook.ts';
import type { PlayedOcrolus } from './played-ocrolus.ts';

interface PlayedSystemOptions {
  readonly ocrolus: PlayedOcrolus;
  readonly accounts: readonly string[];
  /** Unix milliseconds. */
  readonly startAt: number;
  /** How long each request takes. */
  readonly profile?: FaultProfile;
}

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
  profile,
}: PlayedSystemOptions): PlayedSystem {
  const simulation = new Simulation('played', startAt, profile);
  const core = createCore(simulation, {
    ocrolus: {
      ...unusedModel(simulation),
      answer: ({ query, ...request }) => ocrolus.answer({ ...request, query: new URLSearchParams(query) }),
      bookCount: () => ocrolus.bookCount,
    },
    deployed: [{ at: startAt, stage: defaultStage(accounts), isLaterVersion: false }],
  });
  const api = new WebhookApi(core);
  return {
    core,
    start() {
      startConsumers(core);
      new PollerSchedule(core).start();
    },
    async post(account, body) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const requestId = core.random.uuid();
      const timestamp = String(Math.floor(simulation.scheduler.now() / 1000));
      const headers = signedHeaders({ account, timestamp, requestId, body: text });
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
