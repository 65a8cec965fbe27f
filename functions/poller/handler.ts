import type { Handler } from 'aws-lambda';
import * as z from 'zod';
import { openAccounts } from '../../shared/ocrolus/accounts.ts';
import { both, createLocalRateLimiter } from '../../shared/ocrolus/rate-limit.ts';
import { createSharedRateLimiter } from '../../shared/ocrolus/shared-rate-limit.ts';
import { readSettings } from '../../shared/settings.ts';
import { openRateBucket } from '../../shared/store/rate-bucket.ts';
import { openTable } from '../../shared/store/table.ts';
import { createLog } from '../../shared/telemetry/log.ts';
import { createMetrics } from '../../shared/telemetry/metrics.ts';
import { type PollerParts, type PollReport, poll } from './poll.ts';
import { sendFound } from './send.ts';
import { PollerSettings } from './settings.ts';

let parts: PollerParts | undefined;

/**
 * The scheduled Lambda. A retry of it finds the books that are still due, and sends once more what it had sent
 * before it died: consumers make nothing double.
 */
export const handler: Handler<unknown, PollReport> = (event, context) => {
  parts ??= openParts();
  const mode = ByHand.safeParse(event).data?.mode ?? 'due';
  return poll(parts, context.awsRequestId, context.getRemainingTimeInMillis(), mode);
};

/** What `ops poll` sends; a schedule sends something else. */
const ByHand = z.looseObject({ mode: z.literal('now') });

function openParts(): PollerParts {
  const settings = readSettings(PollerSettings);
  const metrics = createMetrics({ stage: settings.STAGE });
  const table = openTable(settings.TABLE_NAME);
  const heavyPerSecond = settings.OCROLUS_HEAVY_REQUESTS_PER_SECOND;
  const limiter = both(
    createLocalRateLimiter({ perSecond: settings.POLL_REQUESTS_PER_SECOND, heavyPerSecond }),
    createSharedRateLimiter({
      bucket: openRateBucket(table),
      priority: 'poller',
      perSecond: settings.OCROLUS_REQUESTS_PER_SECOND,
      heavyPerSecond,
    }),
  );
  const now = () => new Date();
  return {
    settings,
    table,
    accounts: openAccounts(settings, limiter, metrics),
    accountNames: Object.keys(settings.ACCOUNTS),
    send: (book, observation, found) =>
      sendFound(settings.QUEUE_URLS, book.account, observation, found, now()),
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE } }),
    metrics,
    now,
    random: Math.random,
  };
}
