import { startConsumers } from '../system/consumers.ts';
import { PollerSchedule } from '../system/poller.ts';
import { createPlayedCore, type PlayedCore, type PlayedCoreOptions } from './core.ts';
import { KERNEL } from './kernel.ts';

/** The whole system with a played Ocrolus, in virtual time and without faults. */
export interface PlayedSystem extends PlayedCore {
  /** Creates the queues, and lets consumers and poller work from now on. */
  start(): void;
}

export function createPlayedSystem(options: PlayedCoreOptions): PlayedSystem {
  const played = createPlayedCore(KERNEL, options);
  return {
    ...played,
    start() {
      startConsumers(played.core);
      new PollerSchedule(played.core).start();
    },
  };
}
