import * as z from 'zod/mini';
import { type Times, timesOf } from '../../shared/checklist/times.ts';
import { type Accounts, openAccounts } from '../../shared/ocrolus/accounts.ts';
import { ocrolusSettings } from '../../shared/ocrolus/settings.ts';
import { openPorts } from '../../shared/open-ports.ts';
import type { Ports } from '../../shared/ports.ts';
import { createSharedRateLimiter } from '../../shared/rate-limit/shared.ts';
import { checklistSettings } from '../../shared/reconcile/settings.ts';
import { POLL_DEFAULTS } from '../../shared/setting-defaults.ts';
import { booleanSetting, commonSettings, numberSetting, readSettings } from '../../shared/settings.ts';
import { withRetention } from '../../shared/store/retention.ts';
import { createLog, type Log } from '../../shared/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../shared/telemetry/metrics.ts';

export const PollerSettings = z.object({
  ...commonSettings,
  ...ocrolusSettings,
  ...checklistSettings,
  TABLE_NAME: z.string(),
  /** The poller removes bodies of forgotten books from it. */
  BUCKET_NAME: z.string(),
  /** Of the channel whose consumer looks at due books. */
  LOOK_QUEUE_URL: z.url(),
  /** Books handed over per second, and pages of the accounts' lists, at most. */
  POLL_REQUESTS_PER_SECOND: z._default(numberSetting(0.1, 10_000), POLL_DEFAULTS.requestsPerSecond),
  /** Whether to search for books that no webhook has ever mentioned. */
  POLL_DISCOVER: z._default(booleanSetting, POLL_DEFAULTS.discover),
  /** Older books are not discovered. */
  POLL_DISCOVER_FROM: z.optional(z.iso.date()),
});

export type PollerSettings = z.infer<typeof PollerSettings>;

/** The dependencies of the poller. */
export interface PollerDependencies {
  readonly settings: PollerSettings;
  readonly ports: Ports;
  readonly accounts: Accounts;
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
  const limiter = createSharedRateLimiter({
    table: ports.table,
    now,
    wait,
    perSecond: settings.OCROLUS_REQUESTS_PER_SECOND,
    heavyPerSecond: settings.OCROLUS_HEAVY_REQUESTS_PER_SECOND,
  });
  return {
    settings,
    ports,
    accounts: openAccounts(settings, { limiter, metrics, ports, recordsLatency: false }),
    times,
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE }, write, now }),
    metrics,
  };
}
