import { isOfCredentials, NOT_THERE } from '../events/statuses.ts';
import type { Call } from './calls.ts';
import { type Refusal, TOO_MANY_TRANSACTIONS, TOOK_TOO_LONG } from './classify.ts';

import type { Negotiation } from './negotiated.ts';

/** A refusal of so few rows is not about their number. */
const FEWEST = 50;

/** Codes that no number of rows causes (docs/ocrolus.md#error-codes). */
const NOT_ABOUT_ROWS: ReadonlySet<string> = new Set([...NOT_THERE, TOO_MANY_TRANSACTIONS, TOOK_TOO_LONG]);

/** What matters of a reply. */
type Outcome = { readonly kind: 'ok' } | Refusal;

/**
 * Makes a call that may have a `limit` of rows. Ocrolus documents no maximum, so one that it refuses is halved until it
 * is accepted, and that is remembered (docs/ocrolus.md#page-sizes). The fewest rows are asked for first: if they are refused,
 * too, the refusal is about the book, and has cost one more call.
 */
export async function askForRows<R extends Outcome>(
  call: Call,
  negotiation: Negotiation | undefined,
  ask: (call: Call) => Promise<R>,
): Promise<R> {
  if (call.query?.limit === undefined) return ask(call);
  const { operation, query } = call;
  const most = Number(query.limit);
  const { rows } = (await negotiation?.get()) ?? {};
  const askFor = (limit: number) => ask({ ...call, query: { ...query, limit: String(limit) } });
  const limit = Math.min(most, rows?.[operation] ?? most);
  const reply = await askFor(limit);
  if (limit <= FEWEST || !mayBeAboutRows(reply)) return reply;
  const fewest = await askFor(FEWEST);
  if (fewest.kind !== 'ok') return fewest;
  let accepted = FEWEST;
  let answer = fewest;
  for (let half = Math.floor(limit / 2); half > FEWEST; half = Math.floor(half / 2)) {
    const more = await askFor(half);
    if (mayBeAboutRows(more)) continue;
    if (more.kind !== 'ok') return more;
    [accepted, answer] = [half, more];
    break;
  }
  await negotiation?.set({ rows: { ...rows, [operation]: accepted } });
  return answer;
}

function mayBeAboutRows(reply: Outcome): boolean {
  if (reply.kind !== 'refused' && reply.kind !== 'rejected') return false;
  const { code } = reply;
  if (isOfCredentials(reply) || NOT_ABOUT_ROWS.has(code)) return false;
  return code === 'http-400' || /^\d{4}$/.test(code);
}
