import fc from 'fast-check';
import type { WebhookSettings } from '../../../../functions/webhook/settings.ts';
import { signDelivery } from '../../../../infra/local/ocrolus/webhooks/post.ts';
import type { Request } from '../testing/api-event.ts';
import { basic, REQUEST_ID, SECRET, START } from '../testing/webhook-under-test.ts';
import { anyBody, bytes, MARK } from './bodies.ts';

export const PREVIOUS = 'example-webhook-secret-B2-previous';
export const BASIC = { username: 'ocrolus', password: 'example-basic-password-C3' };

export const MODES = [
  'signature',
  'basic',
  'either',
  'both',
] as const satisfies readonly WebhookSettings['WEBHOOK_AUTHENTICATION'][];

/** Ways to say the same credentials that clients use. */
const { Authorization = '' } = basic(BASIC.username, BASIC.password);
const encodedBasic = Authorization.slice('Basic '.length);
export const VALID_BASIC = [Authorization, `basic  ${encodedBasic} `, `BASIC ${encodedBasic}`];

export interface Case {
  readonly mode: (typeof MODES)[number];
  readonly request: Request;
  /** As they came, by lower-case name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The bytes that the function sees; `undefined`: the body is no base64 although it says so. */
  readonly bytes: Buffer | undefined;
}

type Header = readonly [name: string, value: string];

/** `usual` in about so many of a hundred cases. */
const mostly = <T>(percent: number, usual: fc.Arbitrary<T>, ...odd: readonly T[]) =>
  fc.oneof(
    { weight: percent, arbitrary: usual },
    { weight: 100 - percent, arbitrary: fc.constantFrom(...odd) },
  );

const FORGED = ['', 'another-secret', SECRET.slice(1), `${SECRET} `];
const TIMESTAMPS = ['0', '-1', ` ${START}`, `${START}.0`, '1e9', '0x6', 'NaN', '9'.repeat(40), ''];
const STALE = [String(START - 901), String(START + 901), `${START}\r\nx: y`];
const REQUEST_IDS = ['', 'a/b', '../../..', 'é', '\r\nx: y', '__proto__', '#', '\u0000'];
const LONG_REQUEST_IDS = [128, 129, 8000].map((length) => 'x'.repeat(length));
const AUTHORIZATIONS = [
  `Basic ${MARK}`,
  'Basic',
  'Basic ====',
  'Bearer x',
  `Basic ${encodedBasic.slice(1)}`,
  `Basic ${encodedBasic}\r\nx: y`,
  `Basic ${encodedBasic} x`,
  'x'.repeat(8000),
];

const signedBody = fc.record({
  body: anyBody,
  secret: mostly(90, fc.constantFrom(SECRET, SECRET, PREVIOUS), ...FORGED),
  timestamp: mostly(
    85,
    fc.integer({ min: START - 900, max: START + 900 }).map(String),
    ...TIMESTAMPS,
    ...STALE,
  ),
  requestId: mostly(80, fc.constant(REQUEST_ID), ...REQUEST_IDS, ...LONG_REQUEST_IDS),
  type: fc.constantFrom('application/json', 'text/plain', 'multipart/form-data; boundary=x', ''),
  authorization: fc.option(mostly(70, fc.constantFrom(...VALID_BASIC), ...AUTHORIZATIONS), { freq: 1 }),
});

/** A change to the header that it is given: what takes its place. */
type Change = (header: Header) => readonly Header[];

const distortion = fc.nat().chain((n) =>
  fc.constantFrom<(value: string) => string>(
    (value) => ` ${value}`,
    (value) => value.toUpperCase(),
    (value) => value.slice(0, n % (value.length + 1)),
    (value) => `${value}\r\nWebhook-Signature: ${value}`,
    (value) => `${value}, ${value}`,
    () => 'f'.repeat([0, 63, 64, 65, 10_000][n % 5] ?? 0),
  ),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom<Change>(
    () => [],
    (header) => [header, header],
    ([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ],
    ([name, value]) => [
      [name, value],
      [name.toLowerCase(), ''],
    ],
    ([name, value]) => [[name.toUpperCase(), value]],
    ([name, value]) => [[name.toLowerCase(), value]],
  ),
  fc.constantFrom('__proto__', '', 'constructor', 'X-Note', 'webhook_signature').map(
    (name): Change =>
      (header) => [header, [name, MARK]],
  ),
  bytes(20).map(
    (value): Change =>
      (header) => [header, [header[0], value.toString('latin1')]],
  ),
  distortion.map(
    (distort): Change =>
      ([name, value]) => [[name, distort(value)]],
  ),
);
const changes = fc.oneof(fc.constant([]), fc.array(fc.tuple(fc.nat(), change), { maxLength: 3 }));

type EventBody = NonNullable<Request['eventBody']>;

/** The body in base64, as `binaryMediaTypes` makes it; now and then in another way. */
const encoding = mostly<(sent: Buffer) => EventBody>(
  90,
  fc.constant((sent) => ({ body: sent.toString('base64'), isBase64Encoded: true })),
  (sent) => ({ body: sent.toString('utf8'), isBase64Encoded: false }),
  () => ({ body: null, isBase64Encoded: false }),
  () => ({ body: null, isBase64Encoded: true }),
  (sent) => ({ body: sent.toString('utf8').slice(0, 100), isBase64Encoded: true }),
  (sent) => ({ body: `${sent.toString('base64')}=`, isBase64Encoded: true }),
  (sent) => ({ body: sent.toString('base64url'), isBase64Encoded: true }),
);

function decode({ body, isBase64Encoded }: EventBody): Buffer | undefined {
  if (!isBase64Encoded) return Buffer.from(body ?? '');
  const decoded = Buffer.from(body ?? '', 'base64');
  return decoded.toString('base64') === (body ?? '') ? decoded : undefined;
}

/** A request as Ocrolus sends it, in which some things are wrong. */
export const anyCase: fc.Arbitrary<Case> = fc
  .record({
    signed: signedBody,
    changes,
    /** After it was signed. */
    added: mostly(85, fc.constant(Buffer.alloc(0)), Buffer.from('x'), Buffer.from([0xff, 0])),
    encode: encoding,
    mode: mostly(60, fc.constant<Case['mode']>('signature'), ...MODES),
    method: mostly(95, fc.constant('POST'), 'GET', 'PUT', 'post', 'OPTIONS', '', '__proto__'),
    account: mostly<string | null>(
      95,
      fc.constant('default'),
      ...['__proto__', 'DEFAULT', '', null, '..', 'default ', MARK],
    ),
    // API Gateway always gives both; a test event in its console may not.
    onlySingle: mostly(98, fc.constant(false), true),
  })
  .map(({ signed, added, encode, mode, method, account, onlySingle, ...drawn }) => {
    const { body, secret, timestamp, requestId, type, authorization } = signed;
    let headers: Header[] = [
      ['Content-Type', type],
      ['Webhook-Timestamp', timestamp],
      ['Webhook-Request-Id', requestId],
      ['Webhook-Signature', signDelivery({ secret, timestamp, requestId, body })],
      ...(authorization === null ? [] : [['Authorization', authorization] as const]),
    ];
    for (const [n, apply] of drawn.changes)
      headers = headers.flatMap((header, at) => (at === n % headers.length ? apply(header) : [header]));
    const single = Object.fromEntries(headers);
    const byName = (all: readonly Header[], spell: (name: string) => string) =>
      [...Map.groupBy(all, ([name]) => spell(name))].map(
        ([name, group]) => [name, group.map(([, value]) => value)] as const,
      );
    const multiValueHeaders = Object.fromEntries(byName(headers, (name) => name));
    const eventBody = encode(Buffer.concat([body, added]));
    const seen = onlySingle ? Object.entries(single) : headers;
    return {
      mode,
      request: {
        ...{ method, account, headers: single, eventBody },
        multiValueHeaders: onlySingle ? null : multiValueHeaders,
      },
      headers: new Map(byName(seen, (name) => name.toLowerCase())),
      bytes: decode(eventBody),
    };
  });
