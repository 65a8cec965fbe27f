import * as z from 'zod';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { type Fetch, type Fetched, store, toFetched } from './fetch.ts';

/** `response` is keyed by the request's id (docs/ocrolus.md#version-1-analytics). */
const AsyncResult = z.looseObject({
  response: z.record(z.string(), z.looseObject({ analytics_status: z.string() })),
});

/**
 * Version 1 analytics: the result of an asynchronous request where the subject is one, else the book's. A request that
 * has expired is answered by the book's analytics (docs/ocrolus.md#version-1-analytics).
 */
export const fetchVersion1Analytics: Fetch = async (context, target) => {
  const { bookUuid, subject } = target;
  if (subject === bookUuid) return fetchOfBook(context, target);
  const reply = await context.fetch(bookUuid, calls.asyncAnalyticsResult(subject));
  if (reply.kind !== 'ok') {
    const refused = toFetched(reply);
    if (refused.class !== 'refused') return refused;
    // The request may be unknown by now, or it may be a proxy: the book's analytics are stored in both cases.
    await fetchOfBook(context, { ...target, subject: bookUuid });
    return refused;
  }
  const states = Object.values(AsyncResult.safeParse(reply.answer.json).data?.response ?? {});
  const state = states[0]?.analytics_status;
  if (state === 'EXPIRED') return fetchOfBook(context, { ...target, subject: bookUuid });
  // Any other state: there is no result yet.
  if (state !== undefined && state !== 'COMPLETED') {
    return { class: 'not-yet', code: 'analytics-processing', askedAt: reply.answer.askedAt };
  }
  return store(context, target, reply.answer);
};

const fetchOfBook: Fetch = async (context, target): Promise<Fetched> => {
  const { bookUuid } = target;
  const reply = await context.fetch(bookUuid, calls.analytics({ bookUuid }));
  return reply.kind === 'ok' ? store(context, target, reply.answer) : toFetched(reply);
};
