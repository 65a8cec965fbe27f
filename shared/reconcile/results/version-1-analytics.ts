import * as z from 'zod';
import { calls } from '../../ocrolus/calls.ts';
import { type Fetch, store, toFetched } from './fetch.ts';

/** `response` is keyed by the request's id (docs/ocrolus.md#version-1-analytics). */
const AsyncResult = z.looseObject({
  response: z.record(z.string(), z.looseObject({ analytics_status: z.string() })),
});

/**
 * Fetches version 1 analytics: the result of an asynchronous request if the subject is one, else the book's. An
 * expired request never gets a result; the book's analytics replace it (docs/ocrolus.md#version-1-analytics).
 */
export const fetchVersion1Analytics: Fetch = async (context, target) => {
  const { bookId } = context;
  const { subject } = target;
  const isOfBook = subject === bookId;
  const reply = await context.fetch(
    isOfBook ? calls.analytics({ bookUuid: bookId }) : calls.asyncAnalyticsResult(subject),
  );
  if (reply.kind !== 'ok') return toFetched(target, reply);
  if (isOfBook) return store(context, target, reply.answer);
  const asked = { wanted: target.wanted, at: reply.answer.askedAt };
  const states = Object.values(AsyncResult.safeParse(reply.answer.json).data?.response ?? {});
  const state = states[0]?.analytics_status;
  if (state === 'EXPIRED') {
    return { class: 'permanent', code: 'expired', ...asked, marks: [{ kind: 'analytics', subject: bookId }] };
  }
  // Any other state has no result yet.
  if (state !== undefined && state !== 'COMPLETED') {
    return { class: 'not-yet', code: 'analytics-processing', ...asked };
  }
  return store(context, target, reply.answer);
};
