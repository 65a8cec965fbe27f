import type { WebhookSettings } from '../../../../functions/webhook/settings.ts';
import { signDelivery } from '../../../../infra/local/ocrolus/webhooks/post.ts';
import type { Request } from '../testing/api-event.ts';
import { REQUEST_ID, SECRET, START } from '../testing/webhook-under-test.ts';
import { drawBody, MARK } from './bodies.ts';
import type { Draw } from './draw.ts';

export const PREVIOUS = 'example-webhook-secret-B2-previous';
export const BASIC = { username: 'ocrolus', password: 'example-basic-password-C3' };

export const MODES = [
  'signature',
  'basic',
  'either',
  'both',
] as const satisfies readonly WebhookSettings['WEBHOOK_AUTHENTICATION'][];

/** Ways to say the same credentials that clients use. */
const encodedBasic = Buffer.from(`${BASIC.username}:${BASIC.password}`).toString('base64');
export const VALID_BASIC = [
  `Basic ${encodedBasic}`,
  `basic  ${encodedBasic} `,
  `BASIC ${encodedBasic}`,
] as const;

export interface Case {
  readonly mode: (typeof MODES)[number];
  readonly request: Request;
  /** As they came, by lower-case name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The bytes that the function sees; `undefined`: the body is no base64 although it says so. */
  readonly bytes: Buffer | undefined;
  readonly bytesSent: number;
}

type Headers = [name: string, value: string][];

const NAMES = ['Webhook-Signature', 'Webhook-Timestamp', 'Webhook-Request-Id', 'Authorization'] as const;

export function drawCase(draw: Draw): Case {
  const body = drawBody(draw);
  const headers = drawHeaders(draw, body);
  const changes = draw.one([0, 0, 0, 1, 1, 2, 3]);
  for (let n = 0; n < changes; n += 1) changeHeaders(draw, headers);
  // After it was signed.
  const sent = draw.chance(0.15) ? Buffer.concat([body, draw.bytes(draw.int(3))]) : body;
  const eventBody = encode(draw, sent);

  const byName = Map.groupBy(headers, ([name]) => name);
  const lists = [...byName].map(([name, values]) => [name, values.map(([, value]) => value)] as const);
  const multiValueHeaders = Object.fromEntries(lists.map(([name, values]) => [name, [...values]]));
  const single = Object.fromEntries(headers);
  // API Gateway always gives both; a test event in its console may not.
  const onlySingle = draw.chance(0.02);
  const seen = onlySingle ? Object.entries(single) : headers;
  return {
    mode: draw.chance(0.7) ? 'signature' : draw.one(MODES),
    request: {
      method: draw.chance(0.95) ? 'POST' : draw.one(['GET', 'PUT', 'post', 'OPTIONS', '', '__proto__']),
      account: draw.chance(0.95)
        ? 'default'
        : draw.one(['__proto__', 'DEFAULT', '', null, '..', 'default ', MARK]),
      headers: single,
      multiValueHeaders: onlySingle ? null : multiValueHeaders,
      eventBody,
    },
    headers: new Map(
      [...Map.groupBy(seen, ([name]) => name.toLowerCase())].map(([name, all]) => [
        name,
        all.map(([, value]) => value),
      ]),
    ),
    bytes: decode(eventBody),
    bytesSent: sent.length,
  };
}

function drawHeaders(draw: Draw, body: Buffer): Headers {
  const secret = draw.chance(0.9)
    ? draw.one([SECRET, SECRET, PREVIOUS])
    : draw.one(['', 'another-secret', SECRET.slice(1), `${SECRET} `]);
  const timestamp = draw.chance(0.85) ? String(START - 900 + draw.int(1801)) : draw.one(TIMESTAMPS);
  const requestId = draw.chance(0.8) ? REQUEST_ID : draw.one(REQUEST_IDS);
  const headers: Headers = [
    ['Content-Type', draw.one(['application/json', 'text/plain', 'multipart/form-data; boundary=x', ''])],
    ['Webhook-Timestamp', timestamp],
    ['Webhook-Request-Id', requestId],
    ['Webhook-Signature', signDelivery({ secret, timestamp, requestId, body })],
  ];
  if (draw.chance(0.3))
    headers.push(['Authorization', draw.chance(0.7) ? draw.one(VALID_BASIC) : draw.one(AUTHORIZATIONS)]);
  return headers;
}

const TIMESTAMPS = [
  String(START - 901),
  String(START + 901),
  '0',
  '-1',
  ` ${START}`,
  `${START}.0`,
  '1e9',
  '0x6',
  'NaN',
  '9'.repeat(40),
  '',
  `${START}\r\nx: y`,
] as const;
const REQUEST_IDS = [
  '',
  'a/b',
  '../../..',
  'é',
  '\r\nx: y',
  'x'.repeat(128),
  'x'.repeat(129),
  'x'.repeat(8000),
  '__proto__',
  '#',
  '\u0000',
] as const;
const AUTHORIZATIONS = [
  `Basic ${MARK}`,
  'Basic',
  'Basic ====',
  'Bearer x',
  `Basic ${encodedBasic.slice(1)}`,
  `Basic ${encodedBasic}\r\nx: y`,
  `Basic ${encodedBasic} x`,
  'x'.repeat(8000),
] as const;

function changeHeaders(draw: Draw, headers: Headers): void {
  const at = draw.int(headers.length);
  const [name, value] = headers[at] ?? ['Webhook-Signature', ''];
  const change = draw.one<() => unknown>([
    () => headers.splice(at, 1),
    () => headers.push([name, value]),
    () => headers.push([name.toLowerCase(), draw.one([value, ''])]),
    () => headers.push([draw.one(['__proto__', '', 'constructor', 'X-Note', 'webhook_signature']), MARK]),
    () => headers.push([draw.one(NAMES), draw.bytes(20).toString('latin1')]),
    () => headers.splice(at, 1, [draw.chance(0.5) ? name.toUpperCase() : name.toLowerCase(), value]),
    () => headers.splice(at, 1, [name, distort(draw, value)]),
    () => headers.splice(at, 1, [name, distort(draw, value)]),
  ]);
  change();
}

function distort(draw: Draw, value: string): string {
  const at = draw.int(value.length + 1);
  const changed = draw.one([
    () => ` ${value}`,
    () => value.toUpperCase(),
    () => `sha256=${value}`,
    () => value.slice(0, at),
    () => `${value}\r\nWebhook-Signature: ${value}`,
    () => value.slice(0, at) + draw.one(['0', 'g', '\u0000', 'é', ',']) + value.slice(at + 1),
    () => `${value}, ${value}`,
    () => 'f'.repeat(draw.one([0, 63, 64, 65, 10_000])),
  ]);
  return changed();
}

type EventBody = NonNullable<Request['eventBody']>;

function encode(draw: Draw, bytes: Buffer): EventBody {
  if (draw.chance(0.9)) return { body: bytes.toString('base64'), isBase64Encoded: true };
  const text = bytes.toString('utf8');
  return draw.one<EventBody>([
    { body: text, isBase64Encoded: false },
    { body: null, isBase64Encoded: draw.chance(0.5) },
    { body: text.slice(0, 100), isBase64Encoded: true },
    { body: `${bytes.toString('base64')}=`, isBase64Encoded: true },
    { body: `${bytes.toString('base64url')}`, isBase64Encoded: true },
  ]);
}

function decode({ body, isBase64Encoded }: EventBody): Buffer | undefined {
  if (!isBase64Encoded) return Buffer.from(body ?? '');
  const bytes = Buffer.from(body ?? '', 'base64');
  return bytes.toString('base64') === (body ?? '') ? bytes : undefined;
}
