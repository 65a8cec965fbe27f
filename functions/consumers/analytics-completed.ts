import * as z from 'zod';
import { asFailure, Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import type { Answer } from '../../shared/ocrolus/client.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeResult } from './observe/store-result.ts';
import { withStrand } from './observe/strand.ts';
import type { Observing } from './observing.ts';

/**
 * A v1 asynchronous analytics request is done: its result when the event tells the request's id, else, or when
 * the request is not known any more, the book's analytics (domain reference 8.3).
 */
export const observe: Observe = async (observing) => {
  const bookUuid = await observing.bookUuid();
  return withStrand(observing, bookUuid, 'analytics', async () => {
    const { analyticsRequestId } = observing.ids;
    const ofRequest =
      analyticsRequestId === undefined ? undefined : await askRequest(observing, analyticsRequestId);
    const answer = ofRequest ?? (await observing.ask(calls.analytics({ bookUuid })));
    const subject = ofRequest === undefined ? bookUuid : (analyticsRequestId ?? bookUuid);
    return {
      outcome: await storeResult(observing, { bookId: bookUuid, kind: 'analytics', subject }, answer),
    };
  });
};

/** `response` is keyed by the request's id (domain reference section 11). */
const AsyncResult = z.looseObject({
  response: z.record(z.string(), z.looseObject({ analytics_status: z.string() })),
});

/** @returns `undefined` when Ocrolus does not know the request (any more). @throws Failure */
async function askRequest(observing: Observing, requestId: string): Promise<Answer | undefined> {
  let answer: Answer;
  try {
    answer = await observing.ask(calls.asyncAnalyticsResult(requestId));
  } catch (error) {
    if (asFailure(error).class === 'refused') return undefined;
    throw error;
  }
  const states = Object.values(AsyncResult.safeParse(answer.json).data?.response ?? {});
  const state = states[0]?.analytics_status;
  if (state === 'EXPIRED') return undefined;
  if (state === 'PROCESSING') throw new Failure('later', 'analytics-processing');
  return answer;
}

export const handler = defineConsumer('analytics-completed', observe);
