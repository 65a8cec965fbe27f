import type { Handler } from 'aws-lambda';
import * as z from 'zod';
import { type BackfillReport, BackfillRequest } from '../../shared/backfill.ts';
import { withMetrics } from '../../shared/telemetry/metrics.ts';
import { backfill } from './backfill.ts';
import { openPoller, type PollerDependencies } from './dependencies.ts';
import { type PollReport, poll } from './poll.ts';

/** Only `ops poll` and `ops backfill` send a mode. */
const PollerEvent = z.looseObject({ mode: z.enum(['now', 'backfill']).optional() });

let dependencies: PollerDependencies | undefined;

/**
 * The scheduled Lambda. A retry finds the books that are still due, and sends the messages of the failed run again:
 * consumers are idempotent. `ops backfill` invokes it once for each part of an account's list.
 */
export const handler: Handler<unknown, PollReport | BackfillReport> = async (event, context) => {
  const { mode = 'due' } = PollerEvent.parse(event ?? {});
  dependencies ??= openPoller();
  const remainingMs = context.getRemainingTimeInMillis();
  if (mode === 'backfill') {
    const opened = dependencies;
    return withMetrics(opened.metrics, () => backfill(opened, BackfillRequest.parse(event), remainingMs));
  }
  return poll(dependencies, context.awsRequestId, remainingMs, mode);
};
