import { openDependencies } from '../../../shared/open-dependencies.ts';
import type { Ports } from '../../../shared/ports.ts';
import { Slots } from '../../../shared/rate-limit/slots.ts';
import type { ReconcileDependencies } from '../../../shared/reconcile/context.ts';
import { readSettings } from '../../../shared/settings.ts';
import { Circuits } from '../../../shared/store/polling/circuits.ts';
import { ConsumerSettings } from './settings.ts';

/** The dependencies of a consumer. */
export interface ConsumerDependencies extends ReconcileDependencies {
  readonly settings: ReconcileDependencies['settings'] &
    Pick<ConsumerSettings, 'QUICK_RETRY_SECONDS' | 'LEDGER_DAYS' | 'PAYLOAD_DAYS' | 'QUEUE_URL'>;
}

/**
 * Maximum number of bodies that are streamed to S3 at the same time. Ten would fit into the memory, but on a third of
 * a core none of them might end in time, at any attempt. With a limit some end, and the others are retried
 * (docs/decisions/0021).
 */
export const STREAMS_AT_ONCE = 4;

/** Opens the dependencies of a consumer. @param given by default the real ports of the Lambda. */
export function openConsumer(
  settings: ConsumerSettings = readSettings(ConsumerSettings),
  given?: Ports,
): ConsumerDependencies {
  const dependencies = openDependencies(settings, given);
  const { ports, times } = dependencies;
  return {
    ...dependencies,
    settings,
    circuits: new Circuits(ports.table, times, ports.now),
    policy: settings.RESULTS,
    streams: new Slots(STREAMS_AT_ONCE),
  };
}
