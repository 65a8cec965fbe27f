import type { Handler } from 'aws-lambda';
import * as z from 'zod';
import { openPoller, type PollerDependencies } from './dependencies.ts';
import { type PollReport, poll } from './poll.ts';

let dependencies: PollerDependencies | undefined;

/**
 * The scheduled Lambda. A retry finds the books that are still due, and sends the messages of the failed run again:
 * consumers are idempotent.
 */
export const handler: Handler<unknown, PollReport> = (event, context) => {
  dependencies ??= openPoller();
  const mode = ByHand.safeParse(event).data?.mode ?? 'due';
  return poll(dependencies, context.awsRequestId, context.getRemainingTimeInMillis(), mode);
};

/** The event of `ops poll`; a schedule sends another. */
const ByHand = z.looseObject({ mode: z.literal('now') });
