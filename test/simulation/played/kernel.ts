import { Actors } from '../kernel/actors.ts';
import { BodyStore } from '../kernel/bodies/memory-bodies.ts';
import { Faults, QUIET } from '../kernel/faults.ts';
import { History } from '../kernel/history.ts';
import { MemoryQueues } from '../kernel/queue/memory-queue.ts';
import { Random } from '../kernel/random.ts';
import { Scheduler } from '../kernel/schedule/scheduler.ts';
import { openMemoryTable } from '../kernel/table/memory-table.ts';
import { createOcrolus } from '../ocrolus/ocrolus.ts';
import { DEFAULT_PROFILE } from '../ocrolus/profile.ts';
import { createRandom } from '../ocrolus/random.ts';
import { NO_FAULTS } from '../system/core.ts';
import { webhookSecret } from '../system/settings.ts';
import { WebhookApi } from '../system/webhook.ts';

/** What a played system is made of: of this version, or of another checkout (test/upgrade/0.1.0/old-version.ts). */
export const KERNEL = {
  Actors,
  Faults,
  QUIET,
  History,
  BodyStore,
  MemoryQueues,
  openMemoryTable,
  Random,
  Scheduler,
  createOcrolus,
  DEFAULT_PROFILE,
  createRandom,
  NO_FAULTS,
  webhookSecret,
  WebhookApi,
};

export type Kernel = typeof KERNEL;
