import { type TimeSettings, type Times, timesOf } from './checklist/times.ts';
import { type Accounts, openAccounts } from './ocrolus/accounts.ts';
import type { OcrolusSettings } from './ocrolus/settings.ts';
import { openNetworkPorts, type Ports } from './ports.ts';
import { openQueue } from './queue.ts';
import { createSharedRateLimiter } from './rate-limit/shared.ts';
import { openBodies } from './store/bodies/result-bodies.ts';
import { withRetention } from './store/removal/retention.ts';
import { openTable } from './store/table.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';

/** Dependencies that consumers and the poller share. */
export interface Dependencies {
  readonly ports: Ports;
  readonly accounts: Accounts;
  readonly times: Times;
  readonly log: Log;
  readonly metrics: Metrics;
}

interface DependencySettings extends OcrolusSettings, TimeSettings {
  readonly STAGE: string;
  readonly LOG_LEVEL: Parameters<typeof createLog>[0]['level'];
  readonly TABLE_NAME: string;
  readonly BUCKET_NAME: string;
  readonly RESULT_DAYS?: number | undefined;
  readonly DOCUMENT_DAYS?: number | undefined;
}

/**
 * Opens the dependencies that consumers and the poller share.
 *
 * @param given by default the real ports of the Lambda.
 * @param recordsLatency whether Ocrolus's latency is a metric of this function.
 */
export function openDependencies(
  settings: DependencySettings,
  given: Ports = openPorts({ tableName: settings.TABLE_NAME, bucketName: settings.BUCKET_NAME }),
  recordsLatency = true,
): Dependencies {
  const { now, wait, line: write } = given;
  const retention = { results: settings.RESULT_DAYS, documents: settings.DOCUMENT_DAYS };
  const ports = { ...given, table: withRetention(given.table, retention, now) };
  const metrics = createMetrics({ stage: settings.STAGE, write, now });
  const limiter = createSharedRateLimiter({
    table: ports.table,
    now,
    wait,
    perSecond: settings.OCROLUS_REQUESTS_PER_SECOND,
    heavyPerSecond: settings.OCROLUS_HEAVY_REQUESTS_PER_SECOND,
  });
  return {
    ports,
    accounts: openAccounts(settings, { limiter, metrics, ports, recordsLatency }),
    times: timesOf(settings),
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE }, write, now }),
    metrics,
  };
}

/** The real ports of a Lambda. */
export function openPorts(names: { readonly tableName: string; readonly bucketName: string }): Ports {
  return {
    ...openNetworkPorts(),
    table: openTable(names.tableName),
    queue: openQueue(),
    bodies: openBodies(names.bucketName),
  };
}
