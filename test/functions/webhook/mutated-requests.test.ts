import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { signDelivery } from '../../../infra/local/ocrolus/index.ts';
import type { Request } from './testing/api-event.ts';
import { BODY, openWebhook, REQUEST_ID, SECRET, START, signed } from './testing/webhook-under-test.ts';

const RUNS = 2_000;
/** Recognisable in a log, wherever it would come from. */
const MARK = 'MARKED-AS-CONFIDENTIAL';

const headerName = fc.constantFrom(
  'Webhook-Signature',
  'Webhook-Timestamp',
  'Webhook-Request-Id',
  'Authorization',
);
const headerValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[0-9a-f]{64}$/),
  fc.integer({ min: START - 2000, max: START + 2000 }).map(String),
  fc.base64String().map((text) => `Basic ${text}`),
  fc.constantFrom('', '0', '__proto__', REQUEST_ID, String(START), `Basic ${MARK}`),
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc.constant(Buffer.from(BODY)),
  fc.string().map((name) => Buffer.from(JSON.stringify({ event: name, note: MARK }))),
);
interface Change {
  readonly body: Buffer;
  readonly set: Readonly<Record<string, string>>;
  readonly remove: string;
  readonly repeat: string;
  readonly method: string;
  readonly account: string | null;
  readonly asText: boolean;
}
const oneChange: fc.Arbitrary<Partial<Change>> = fc.oneof(
  fc.record({ body }),
  fc.record({ set: fc.dictionary(headerName, headerValue, { maxKeys: 2 }) }),
  fc.record({ remove: headerName }),
  fc.record({ repeat: headerName }),
  fc.record({ method: fc.constantFrom('GET', 'constructor', '') }),
  fc.record({ account: fc.constantFrom('__proto__', 'DEFAULT', '', null) }),
  fc.record({ asText: fc.boolean() }),
);
const mutation: fc.Arbitrary<Partial<Change>> = fc
  .array(oneChange, { maxLength: 3 })
  .map((changes) => Object.assign({}, ...changes));

function mutate(change: Partial<Change>) {
  const raw = change.body ?? Buffer.from(BODY);
  const headers = new Map(Object.entries({ ...signed({ body: BODY }).headers, ...change.set }));
  if (change.remove !== undefined) headers.delete(change.remove);
  const single = [...headers].map(([name, value]): [string, string[]] => [name, [value]]);
  const lists = new Map(single);
  const { repeat } = change;
  if (repeat !== undefined) lists.set(repeat, [...(lists.get(repeat) ?? []), 'again']);
  const { asText = false } = change;
  const request: Request = {
    method: change.method ?? 'POST',
    account: change.account === undefined ? 'default' : change.account,
    headers: Object.fromEntries(headers),
    multiValueHeaders: Object.fromEntries(lists),
    eventBody: asText
      ? { body: raw.toString('utf8'), isBase64Encoded: false }
      : { body: raw.toString('base64'), isBase64Encoded: true },
  };
  return { request, lists, bytes: asText ? Buffer.from(raw.toString('utf8')) : raw };
}

/** True if Ocrolus itself would have signed this; decided in another way than by the webhook. */
function isGenuine({ request, lists, bytes }: ReturnType<typeof mutate>): boolean {
  const only = (name: string) => (lists.get(name)?.length === 1 ? lists.get(name)?.[0] : undefined);
  const timestamp = only('Webhook-Timestamp');
  const requestId = only('Webhook-Request-Id');
  if (request.method !== 'POST' || request.account !== 'default') return false;
  if ((lists.get('Authorization')?.length ?? 0) > 1) return false;
  if (timestamp === undefined || requestId === undefined) return false;
  const expected = signDelivery({ secret: SECRET, timestamp, requestId, body: bytes });
  return only('Webhook-Signature') === expected && Math.abs(Number(timestamp) - START) <= 900;
}

it('accepts exactly what is genuine; all else is a client error, and nothing confidential is logged', async () => {
  const tally = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(mutation, async (change) => {
      const mutated = mutate(change);
      const { conditions, post } = openWebhook();
      const { statusCode, body: text } = await post(mutated.request);

      if (isGenuine(mutated)) {
        expect(statusCode).toBe(200);
        tally.accepted += 1;
      } else {
        expect([400, 401, 404, 405, 413]).toContain(statusCode);
        expect(conditions.queued).toEqual([]);
        expect(text).toMatch(/^\{"error":"[a-z ]+"\}$/);
        tally.refused += 1;
      }
      const log = conditions.lines.join('\n');
      const signature = mutated.lists.get('Webhook-Signature')?.[0] ?? '';
      expect(log).not.toContain(SECRET);
      expect(log).not.toContain(MARK);
      if (signature.length >= 16) expect(log).not.toContain(signature);
    }),
    { numRuns: RUNS },
  );
  // Otherwise the test would show nothing.
  expect(tally.accepted).toBeGreaterThan(20);
  expect(tally.refused).toBeGreaterThan(200);
});

it('everything that is genuine is 200 and kept, whatever its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(body, fc.string({ unit: 'binary' }), async (bytes, requestId) => {
      const { conditions, post } = openWebhook();
      const answer = await post(signed({ body: bytes, requestId }));
      expect(answer.statusCode).toBe(200);
      expect(conditions.queued).toHaveLength(1);
      expect(conditions.queued[0]?.envelope.deliveryId).toMatch(/^[\w.:-]{1,128}$/);
    }),
    { numRuns: RUNS },
  );
});
