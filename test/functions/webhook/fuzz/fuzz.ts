import { signDelivery } from '../../../../infra/local/ocrolus/webhooks/post.ts';
import { openWebhook, SECRET, START } from '../testing/webhook-under-test.ts';
import { MARK } from './bodies.ts';
import { drawFor } from './draw.ts';
import { BASIC, type Case, drawCase, MODES, PREVIOUS, VALID_BASIC } from './requests.ts';

/** No answer may take longer (mission). */
export const SLOWEST_MS = 50;
/** A case is slow when it is so each of this many times: garbage collection makes any case slow now and then. */
const SLOW_TRIES = 5;
/** Most problems that are reported. */
const MOST_PROBLEMS = 20;

const MAX_BYTES = 4 * 1024 * 1024;
const CLIENT_ERRORS = new Set([400, 401, 404, 405, 413]);

export interface Problem {
  /** Number of the case, which repeats it together with the seed. */
  readonly number: number;
  readonly problem: string;
}

export interface Report {
  readonly seed: number;
  readonly cases: number;
  /** Number of answers with each status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly pings: number;
  readonly largestBytes: number;
  /** Average computing time of an answer, on this machine. */
  readonly milliseconds: number;
  readonly problems: readonly Problem[];
}

type Webhook = ReturnType<typeof openWebhook>;

/**
 * Posts drawn requests to the webhook: what is genuine is 200 and queued once, all else is the client's error and
 * leaves nothing behind; nothing confidential is logged; nothing is slow.
 *
 * @param first number of the first case.
 */
export async function fuzz(seed: number, cases: number, first = 0): Promise<Report> {
  const webhooks = new Map<Case['mode'], Webhook>(
    MODES.map((authentication) => {
      const secret = { current: SECRET, previous: PREVIOUS, basic: [BASIC] };
      return [authentication, openWebhook({ authentication, secret })];
    }),
  );
  const statuses: Record<string, number> = {};
  const problems: Problem[] = [];
  let [pings, largestBytes, total] = [0, 0, 0];

  for (let n = 0; n < cases && problems.length < MOST_PROBLEMS; n += 1) {
    const number = first + n;
    const drawn = drawCase(drawFor(seed, number));
    const webhook = webhooks.get(drawn.mode);
    if (webhook === undefined) throw new Error(`no webhook for ${drawn.mode}`);
    const { status, answer, milliseconds, kept, lines } = await post(webhook, drawn);
    total += milliseconds;
    statuses[status] = (statuses[status] ?? 0) + 1;
    largestBytes = Math.max(largestBytes, drawn.bytesSent);
    const isPing = status === 200 && lines.includes('"test ping"');
    if (isPing) pings += 1;
    const found = [
      judge(drawn, status, answer, isPing ? kept.length === 0 : kept.length === 1),
      unsafeId(webhook.conditions.queued[0]?.envelope.deliveryId),
      tellsSecrets(drawn, lines, kept.join('')),
    ];
    if (milliseconds > SLOWEST_MS && (await isSlow(webhook, drawn)))
      found.push(`answered in ${milliseconds.toFixed(0)} ms`);
    for (const problem of found) if (problem !== undefined) problems.push({ number, problem });
  }
  return { seed, cases, statuses, pings, largestBytes, milliseconds: total / cases, problems };
}

async function post({ conditions, post: send }: Webhook, { request }: Case) {
  conditions.queued.length = 0;
  conditions.lines.length = 0;
  conditions.stored.clear();
  const start = process.cpuUsage();
  const { statusCode, body } = await send(request);
  const milliseconds = cpuMs(start);
  // A log may have the name and ids of an event, but not the rest of the body.
  const kept = conditions.queued.map(({ envelope }) => JSON.stringify([envelope.eventName, envelope.ids]));
  return { status: statusCode, answer: body, milliseconds, kept, lines: conditions.lines.join('\n') };
}

function judge(drawn: Case, status: number, answer: string, isKeptOnce: boolean): string | undefined {
  if (isGenuine(drawn)) {
    if (status !== 200) return `genuine, but ${status}`;
    return isKeptOnce ? undefined : 'genuine, but not queued once';
  }
  if (!CLIENT_ERRORS.has(status)) return `not genuine, but ${status}`;
  return /^\{"error":"[a-z ]+"\}$/.test(answer) ? undefined : 'an answer that reveals more than an error';
}

/** True if Ocrolus itself could have sent this; decided in another way than by the webhook. */
function isGenuine({ mode, request, headers, bytes }: Case): boolean {
  if (request.method !== 'POST' || request.account !== 'default') return false;
  if (bytes === undefined || bytes.length > MAX_BYTES) return false;
  const all = (name: string) => headers.get(name) ?? [];
  const [signature = ''] = all('webhook-signature');
  // Of two values, it cannot be known which was meant. A timestamp matters only beside a signature.
  const mustBeOne = ['webhook-signature', 'webhook-request-id', 'authorization'];
  if (signature !== '') mustBeOne.push('webhook-timestamp');
  if (mustBeOne.some((name) => all(name).length > 1)) return false;

  const [timestamp] = all('webhook-timestamp');
  const [requestId] = all('webhook-request-id');
  const isSigned =
    timestamp !== undefined &&
    requestId !== undefined &&
    [SECRET, PREVIOUS].some(
      (secret) => signDelivery({ secret, timestamp, requestId, body: bytes }) === signature,
    );
  const isFresh = /^\d+$/.test(timestamp ?? '') && Math.abs(Number(timestamp) - START) <= 900;
  const [authorization = ''] = all('authorization');
  const hasPassword = VALID_BASIC.some((valid) => valid.trimEnd() === authorization.replace(/ +$/, ''));
  switch (mode) {
    case 'signature':
      return isSigned && isFresh;
    case 'basic':
      return hasPassword;
    case 'both':
      return isSigned && isFresh && hasPassword;
    case 'either':
      return isSigned ? isFresh : hasPassword;
  }
}

/** Finds an id that is unsafe as part of a key or log line. */
function unsafeId(deliveryId: string | undefined): string | undefined {
  if (deliveryId === undefined || /^[\w.:-]{1,128}$/.test(deliveryId)) return undefined;
  return 'a delivery id of any characters';
}

function tellsSecrets({ headers }: Case, lines: string, named: string): string | undefined {
  if ([SECRET, PREVIOUS, BASIC.password].some((secret) => lines.includes(secret)))
    return 'a secret in the log';
  const signatures = headers.get('webhook-signature') ?? [];
  if (signatures.some((one) => one.length >= 16 && lines.includes(one))) return 'a signature in the log';
  return lines.includes(MARK) && !named.includes(MARK) ? 'a body, header or path in the log' : undefined;
}

async function isSlow(webhook: Webhook, drawn: Case): Promise<boolean> {
  for (let tries = 0; tries < SLOW_TRIES; tries += 1) {
    if ((await post(webhook, drawn)).milliseconds <= SLOWEST_MS) return false;
  }
  return true;
}

/** Milliseconds of computing since then, of all threads of this process: other processes do not make it slower. */
export function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
