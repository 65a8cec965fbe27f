import { iso } from '../../../shared/time.ts';
import { type Check, fail, ok, type SystemContext, warn } from '../doctor/check.ts';
import { activityOf, entryOf, type LogEntry } from '../logs/function-logs.ts';
import type { Target } from '../target/target.ts';
import { isOfOcrolus, todoOf } from './ocrolus.ts';

const HOUR_MS = 3_600_000;

/** Time after the last refusal, if deliveries are accepted again. */
const OVER_MS = 5 * 60_000;

/** Time for which the logs are read for attempts that failed: longer than the pauses of the quick retries. */
const RETRIES_MS = 15 * 60_000;

/** Maximum number of retried deliveries whose end is looked for. */
const MOST_READ = 20;

/** What a group of the webhook's reasons means. Other reasons are those of strangers (docs/runbook.md#deliveries-refused). */
const REFUSALS = [
  {
    reasons: ['signature-mismatch', 'signature-malformed', 'basic-mismatch'],
    meaning: 'a wrong signature or password',
    adviceFor: (which: string) =>
      `give Ocrolus the secret of this stack: ops register${which}; docs/runbook.md#deliveries-refused`,
  },
  {
    reasons: ['stale'],
    meaning: 'a time that is too far from the clock',
    adviceFor: () => 'docs/runbook.md#deliveries-refused',
  },
  {
    reasons: ['unavailable', 'nothing-configured'],
    meaning: 'a fault of this stack',
    adviceFor: () => 'docs/runbook.md#webhook-server-errors',
  },
] as const;

export const DELIVERY_CHECKS: readonly Check<SystemContext>[] = [
  {
    name: 'refused deliveries',
    otherwise: 'needs logs:FilterLogEvents',
    everySeconds: 30,
    async run({ target, which, now }) {
      const signal = new AbortController().signal;
      const functions = ['webhook'];
      const from = iso(now - HOUR_MS);
      const refused: { readonly at: string; readonly reason: string }[] = [];
      for await (const line of target.logs.read(
        { functions, from, texts: ['refused', 'not accepted'] },
        signal,
      )) {
        const entry = entryOf(line);
        if (entry?.message === 'refused' || entry?.message === 'not accepted')
          refused.push({ at: line.at, reason: String(entry.reason) });
      }
      const groups = REFUSALS.flatMap(({ reasons, ...group }) => {
        const own = refused.filter(({ reason }) => reasons.some((one) => one === reason));
        const last = own.at(-1);
        return last === undefined ? [] : [{ ...group, count: own.length, last: last.at, since: own[0]?.at }];
      });
      const [first, ...others] = groups.toSorted((a, b) => b.count - a.count);
      if (first === undefined) return ok('none of Ocrolus within an hour');
      const isAccepted = await acceptsSince(target, first.last);
      const texts = [first, ...others].map(
        ({ count, meaning, last }) => `${count} within an hour for ${meaning}, the last at ${last}`,
      );
      const found = `${texts.join('; ')}; ${isAccepted ? 'one was accepted since' : 'none was accepted since'}`;
      const advice = first.adviceFor(which);
      const facts = { since: first.since, count: groups.reduce((sum, { count }) => sum + count, 0) };
      if (!isAccepted) return fail(found, advice, facts);
      const isOver = groups.every(({ last }) => Date.parse(last) < now - OVER_MS);
      return isOver ? ok(found) : warn(found, advice, facts);
    },
  },
  {
    name: 'retried deliveries',
    otherwise: 'needs logs:FilterLogEvents',
    everySeconds: 30,
    async run({ target, which, now }) {
      const from = iso(now - RETRIES_MS);
      const retried = await readRetried(target, from);
      const latest = retried.slice(-MOST_READ);
      const finished = await readFinished(target, latest, from);
      const open = latest.filter(({ deliveryId }) => !finished.has(deliveryId));
      const [worst] = open.toSorted((a, b) => b.attempts - a.attempts);
      if (worst === undefined) return ok('none');
      const codes = [...new Set(open.map(({ code }) => code))];
      const count = open.length;
      const more = retried.length > latest.length ? ` of the ${latest.length} that failed last` : '';
      return warn(
        `${count}${more} (${codes.join(', ')}), one after ${worst.attempts} attempts`,
        codes.every(isOfOcrolus)
          ? todoOf(codes.join(', '), which)
          : `ops delivery ${worst.deliveryId}${which}; docs/runbook.md#messages-failing`,
        { since: open[0]?.since, count, concerns: [...new Set(open.map(({ channel }) => channel))] },
      );
    },
  },
  {
    name: 'unrecognized events',
    otherwise: 'needs logs:FilterLogEvents',
    everySeconds: 30,
    async run({ target, which, now }) {
      const query = { functions: ['unrecognized'], from: iso(now - HOUR_MS), texts: ['delivery processed'] };
      const found: LogEntry[] = [];
      for await (const line of target.logs.read(query, new AbortController().signal)) {
        const entry = entryOf(line);
        if (entry?.outcome === 'unrecognized') found.push(entry);
      }
      const [first] = found;
      if (first === undefined) return ok('none within an hour');
      const names = [...new Set(found.map(({ eventName, reason }) => `${eventName} (${reason})`))];
      return warn(
        `${found.length} within an hour, stored and not processed: ${names.join(', ')}`,
        `ops deliveries --outcome unrecognized --since 24h${which}; docs/runbook.md#events-unrecognized`,
        { since: first.timestamp, count: found.length },
      );
    },
  },
];

/** True if the webhook has accepted a delivery after a time, or a test ping, which `ops register` makes Ocrolus send. */
async function acceptsSince({ logs }: Target, from: string): Promise<boolean> {
  const stop = new AbortController();
  for await (const line of logs.read(
    { functions: ['webhook'], from, texts: ['delivery queued', 'test ping'] },
    stop.signal,
  )) {
    if (line.at > from) return true;
  }
  return false;
}

interface Retried {
  readonly deliveryId: string;
  readonly channel: string;
  readonly attempts: number;
  readonly code: string;
  /** Its first failure in the logs that were read. */
  readonly since: string;
}

/** Deliveries of which an attempt has failed since a time, the latest last. */
async function readRetried({ logs }: Target, from: string): Promise<Retried[]> {
  const functions = logs.names.filter((name) => name !== 'webhook');
  const retried = new Map<string, Retried>();
  const { signal } = new AbortController();
  for await (const line of logs.read({ functions, from, texts: ['retry scheduled'] }, signal)) {
    const entry = activityOf(line);
    if (entry?.what !== 'retry' || typeof entry.deliveryId !== 'string') continue;
    const { deliveryId, attempts, code, at } = entry;
    // A quote would end the filter pattern; Ocrolus's ids have none.
    if (deliveryId.includes('"')) continue;
    const since = retried.get(deliveryId)?.since ?? at;
    retried.delete(deliveryId);
    const channel = line.function;
    retried.set(deliveryId, {
      deliveryId,
      since,
      channel,
      code: String(code),
      attempts: Number(attempts),
    });
  }
  return [...retried.values()];
}

/** Those of these deliveries that are finished, by the logs. */
async function readFinished(
  { logs }: Target,
  retried: readonly Retried[],
  from: string,
): Promise<Set<unknown>> {
  const functions = [...new Set(retried.map(({ channel }) => channel))];
  const texts = retried.map(({ deliveryId }) => deliveryId);
  const finished = new Set<unknown>();
  if (texts.length === 0) return finished;
  const { signal } = new AbortController();
  for await (const line of logs.read({ functions, from, texts }, signal)) {
    const entry = activityOf(line);
    if (entry?.what === 'processed') finished.add(entry.deliveryId);
  }
  return finished;
}
