import { timesOf } from '../../../shared/checklist/times.ts';
import { openAccounts } from '../../../shared/ocrolus/accounts.ts';
import { openPorts } from '../../../shared/open-ports.ts';
import type { Ports } from '../../../shared/ports.ts';
import { createSharedRateLimiter } from '../../../shared/rate-limit/shared.ts';
import type { ReconcileDependencies } from '../../../shared/reconcile/context.ts';
import { readSettings } from '../../../shared/settings.ts';
import { Slots } from '../../../shared/slots.ts';
import { Circuits } from '../../../shared/store/polling/circuits.ts';
import { withRetention } from '../../../shared/store/retention.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { createMetrics } from '../../../shared/telemetry/metrics.ts';
import { ConsumerSettings } from './settings.ts';

/** The dependencies of a consumer. */
export interface ConsumerDependencies extends ReconcileDependencies {
  readonly settings: ReconcileDependencies['settings'] &
    Pick<ConsumerSettings, 'QUICK_RETRY_SECONDS' | 'LEDGER_DAYS' | 'PAYLOAD_DAYS' | 'QUEUE_URL'>;
}

/**
 * Bodies that are streamed to S3 at the same time. Ten would fit into the memory, but on a third of a core none of them
 * might end in time, at any attempt. With a limit some end, and the others are retried (docs/decisions/0021).
 */
export const STREAMS_AT_ONCE = 4;

/** Opens the dependencies of a consumer. @param given the real ports of the Lambda when absent. */
export function openConsumer(
  settings: ConsumerSettings = readSettings(ConsumerSettings),
  given: Ports = openPorts({ tableName: settings.TABLE_NAME, bucketName: settings.BUCKET_NAME }),
): ConsumerDependencies {
  const { now, line: write } = given;
  const retention = { results: settings.RESULT_DAYS, documents: settings.DOCUMENT_DAYS };
  const ports = { ...given, table: withRetention(given.table, retention, now) };
  const metrics = createMetrics({ stage: settings.STAGE, write, now });
  const times = timesOf(settings);
  const limiter = createSharedRateLimiter({
    table: ports.table,
    now,
    wait: ports.wait,
    perSecond: settings.OCROLUS_REQUESTS_PER_SECOND,
    heavyPerSecond: settings.OCROLUS_HEAVY_REQUESTS_PER_SECOND,
  });
  return {
    settings,
    ports,
    accounts: openAccounts(settings, { limiter, metrics, ports }),
    circuits: new Circuits(ports.table, times, now),
    policy: settings.RESULTS,
    times,
    streams: new Slots(STREAMS_AT_ONCE),
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE }, write, now }),
    metrics,
  };
}
