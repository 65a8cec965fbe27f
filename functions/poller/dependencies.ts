import type { ResultsPolicy } from '../../shared/checklist/kinds.ts';
import { type Times, timesOf } from '../../shared/checklist/times.ts';
import { type Accounts, openAccounts } from '../../shared/ocrolus/accounts.ts';
import { openPorts } from '../../shared/open-ports.ts';
import type { Ports } from '../../shared/ports.ts';
import { both, createLocalRateLimiter } from '../../shared/rate-limit/local.ts';
import { createSharedRateLimiter } from '../../shared/rate-limit/shared.ts';
import { readSettings } from '../../shared/settings.ts';
import { Circuits } from '../../shared/store/polling/circuits.ts';
import { withRetention } from '../../shared/store/retention.ts';
import { createLog, type Log } from '../../shared/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../shared/telemetry/metrics.ts';
import { PollerSettings } from './settings.ts';

/** The dependencies of the poller. */
export interface PollerDependencies {
  readonly settings: PollerSettings;
  readonly ports: Ports;
  readonly accounts: Accounts;
  readonly circuits: Circuits;
  readonly policy: ResultsPolicy;
  readonly times: Times;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Opens the dependencies of the poller. @param given the real ports of the Lambda when absent. */
export function openPoller(
  settings: PollerSettings = readSettings(PollerSettings),
  given: Ports = openPorts({ tableName: settings.TABLE_NAME, bucketName: settings.BUCKET_NAME }),
): PollerDependencies {
  const { now, wait, line: write } = given;
  const retention = { results: settings.RESULT_DAYS, documents: settings.DOCUMENT_DAYS };
  const ports = { ...given, table: withRetention(given.table, retention, now) };
  const metrics = createMetrics({ stage: settings.STAGE, write, now });
  const times = timesOf(settings);
  const heavyPerSecond = settings.OCROLUS_HEAVY_REQUESTS_PER_SECOND;
  const limiter = both(
    createLocalRateLimiter({ perSecond: settings.POLL_REQUESTS_PER_SECOND, heavyPerSecond, now, wait }),
    createSharedRateLimiter({
      table: ports.table,
      now,
      wait,
      priority: 'poller',
      perSecond: settings.OCROLUS_REQUESTS_PER_SECOND,
      heavyPerSecond,
    }),
  );
  return {
    settings,
    ports,
    accounts: openAccounts(settings, { limiter, metrics, ports, recordsLatency: false }),
    circuits: new Circuits(ports.table, times, now),
    policy: settings.RESULTS,
    times,
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE }, write, now }),
    metrics,
  };
}
