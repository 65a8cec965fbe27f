import { Simulation } from '../../simulation/kernel/actors.ts';
import type { FaultProfile } from '../../simulation/kernel/faults.ts';
import { createOcrolus } from '../../simulation/ocrolus/ocrolus.ts';
import { DEFAULT_PROFILE } from '../../simulation/ocrolus/profile.ts';
import { createRandom } from '../../simulation/ocrolus/random.ts';
import type { Core } from '../../simulation/system/core.ts';
import { PollerSchedule, startConsumers } from '../../simulation/system/functions.ts';
import type { Stage } from '../../simulation/system/settings.ts';
import { createCore } from '../../simulation/system/start.ts';
import { signedHeaders, WebhookApi } from '../../simulation/system/webhook.ts';
import { PlayedOcrolus } from './played-ocrolus.ts';

/** The whole system with a played Ocrolus, in virtual time and without faults. */
export interface PlayedSystem {
  readonly core: Core;
  readonly ocrolus: PlayedOcrolus;
  /** Creates the queues, and lets consumers and poller work from now on. */
  start(): void;
  /** Posts a signed delivery. @throws Error unless the webhook answers 200. */
  post(account: string, body: object): Promise<void>;
}

/**
 * @param startAt Unix milliseconds.
 * @param stage what is deployed.
 * @param profile how long each request takes.
 */
export function createPlayedSystem(startAt: number, stage: Stage, profile?: FaultProfile): PlayedSystem {
  const ocrolus = new PlayedOcrolus();
  const simulation = new Simulation('played', startAt, profile);
  const { now } = simulation.scheduler;
  const unused = { random: createRandom(1), now, schedule: () => {}, deliver: () => {} };
  const core = createCore(simulation, {
    ocrolus: {
      ...createOcrolus({ ...unused, profile: { ...DEFAULT_PROFILE, books: 0 } }),
      answer: (request) => ocrolus.answer(request),
      bookCount: () => ocrolus.bookCount,
    },
    deployed: [{ at: startAt, stage, isLaterVersion: false }],
  });
  const api = new WebhookApi(core);
  return {
    core,
    ocrolus,
    start() {
      startConsumers(core);
      new PollerSchedule(core).start();
    },
    async post(account, sent) {
      const [body, requestId] = [JSON.stringify(sent), core.random.uuid()];
      const timestamp = String(Math.floor(now() / 1000));
      const headers = signedHeaders({ account, timestamp, requestId, body });
      const posted = await api.post({ account, headers, body });
      if (posted?.statusCode !== 200) throw new Error(`the webhook answered ${posted?.statusCode}`);
    },
  };
}
