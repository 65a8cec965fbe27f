import { type Accounts, openAccounts } from '../../shared/ocrolus/accounts.ts';
import { createSharedRateLimiter } from '../../shared/ocrolus/shared-rate-limit.ts';
import { readSettings } from '../../shared/settings.ts';
import { openRateBucket } from '../../shared/store/rate-bucket.ts';
import { type Bodies, openBodies } from '../../shared/store/result-bodies.ts';
import { openTable, type Table } from '../../shared/store/table.ts';
import { createLog, type Log } from '../../shared/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../shared/telemetry/metrics.ts';
import { changeVisibility, sendAnew } from './coming-back.ts';
import { RecentObservations } from './recent-observations.ts';
import { ConsumerSettings } from './settings.ts';

/** What a consumer works with; replaced as a whole in tests. */
export interface ConsumerParts {
  readonly settings: Pick<
    ConsumerSettings,
    'QUICK_RETRY_SECONDS' | 'LEDGER_DAYS' | 'POLL_MIN_SECONDS' | 'POLL_MAX_SECONDS' | 'POLL_GRACE_SECONDS'
  >;
  readonly accounts: Accounts;
  readonly table: Table;
  readonly bodies: Bodies;
  /** @param seconds 0 to 43,200 (AWS: ChangeMessageVisibility). */
  readonly changeVisibility: (receiptHandle: string, seconds: number) => Promise<void>;
  /** @param seconds 0 to 900 (AWS: SendMessage). */
  readonly sendAnew: (body: string, group: string, seconds: number) => Promise<void>;
  readonly recent: RecentObservations;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => Date;
  /** 0 to 1. */
  readonly random: () => number;
}

export function openConsumerParts(): ConsumerParts {
  const now = () => new Date();
  const settings = readSettings(ConsumerSettings);
  const metrics = createMetrics({ stage: settings.STAGE });
  const table = openTable(settings.TABLE_NAME);
  const limiter = createSharedRateLimiter({
    bucket: openRateBucket(table),
    priority: 'consumer',
    perSecond: settings.OCROLUS_REQUESTS_PER_SECOND,
    heavyPerSecond: settings.OCROLUS_HEAVY_REQUESTS_PER_SECOND,
  });
  return {
    settings,
    accounts: openAccounts(settings, limiter, metrics),
    table,
    bodies: openBodies(settings.BUCKET_NAME),
    changeVisibility: (receiptHandle, seconds) =>
      changeVisibility(settings.QUEUE_URL, receiptHandle, seconds),
    sendAnew: (body, group, seconds) => sendAnew(settings.QUEUE_URL, body, group, seconds),
    recent: new RecentObservations(now),
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE } }),
    metrics,
    now,
    random: Math.random,
  };
}
