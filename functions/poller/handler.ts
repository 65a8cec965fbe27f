import type { Handler } from 'aws-lambda';
import * as z from 'zod';
import { type BackfillReport, BackfillRequest } from '../../shared/backfill.ts';
import { withMetrics } from '../../shared/telemetry/metrics.ts';
import { backfill } from './backfill.ts';
import { openPoller, type PollerDependencies } from './dependencies.ts';
import { type PollReport, poll } from './poll.ts';

let dependencies: PollerDependencies | undefined;

/**
 * The scheduled Lambda. A retry finds the books that are still due, and sends the messages of the failed run again:
 * consumers are idempotent. `ops backfill` calls it for its part of the list.
 */
export const handler: Handler<unknown, PollReport | BackfillReport> = (event, context) => {
  dependencies ??= openPoller();
  const remainingMs = context.getRemainingTimeInMillis();
  const mode = ByHand.safeParse(event).data?.mode ?? 'due';
  if (mode === 'backfill') {
    const opened = dependencies;
    return withMetrics(opened.metrics, () => backfill(opened, BackfillRequest.parse(event), remainingMs));
  }
  return poll(dependencies, context.awsRequestId, remainingMs, mode);
};

/** Events of `ops poll` and `ops backfill`; the schedule sends another one. */
const ByHand = z.looseObject({ mode: z.enum(['now', 'backfill']) });
