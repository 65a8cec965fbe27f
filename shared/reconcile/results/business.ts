import * as z from 'zod';
import { calls } from '../../ocrolus/calls.ts';
import { text } from '../../ocrolus/lenient-fields.ts';
import { type Fetch, store, toFetched } from './fetch.ts';

const Business = z.looseObject({
  middesk_response: z.looseObject({ status: text }).nullable(),
});

/** Fetches Middesk's result for a business. It is stored even while Middesk is still working on it. */
export const fetchBusiness: Fetch = async (context, target) => {
  const reply = await context.fetch(calls.business(context.bookId, target.subject));
  if (reply.kind !== 'ok') return toFetched(target, reply);
  const stored = await store(context, target, reply.answer);
  const said = Business.safeParse(reply.answer.json).data?.middesk_response;
  if (said !== null && said?.status?.toLowerCase() !== 'pending') return stored;
  return stored.class === 'stored' ? { ...stored, class: 'not-yet', code: 'middesk-pending' } : stored;
};
