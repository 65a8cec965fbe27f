import type { Handler } from 'aws-lambda';
import * as z from 'zod';
import { openPoller, type PollerDependencies } from './dependencies.ts';
import { type PollReport, poll } from './poll.ts';

let dependencies: PollerDependencies | undefined;

/**
 * The scheduled Lambda. A retry of it finds the books that are still due, and sends again what it had sent
 * before it died: consumers are idempotent.
 */
export const handler: Handler<unknown, PollReport> = (event, context) => {
  dependencies ??= openPoller();
  const mode = ByHand.safeParse(event).data?.mode ?? 'due';
  return poll(dependencies, context.awsRequestId, context.getRemainingTimeInMillis(), mode);
};

/** What `ops poll` sends; a schedule sends something else. */
const ByHand = z.looseObject({ mode: z.literal('now') });
