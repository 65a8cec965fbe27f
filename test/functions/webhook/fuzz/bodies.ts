import fc from 'fast-check';
import { sampleBodies } from '../../../shared/events/testing/fixtures.ts';

/** Recognisable in a log, wherever it would come from: stands for names and account numbers. */
export const MARK = 'MARKED-AS-CONFIDENTIAL';

const SAMPLES = ['', '_odd', '_variants'].flatMap((folder) => sampleBodies(folder)).map(({ body }) => body);
const PING = Buffer.from('{"status":"VERIFICATION_COMPLETE","uploaded_doc_pk":0,"book_pk":0}');
const NAMES = ['BOOK_VERIFIED', 'document.verification_succeeded', '__proto__', 'constructor', '', ' \t'];
const ODD_NAMES = ['book.verified\r\nx: y', '\u0000', '\ud800', '\uffff', 'n'.repeat(5000)];
const UUIDS = ['371ab5bc-b22a-522a-a19b-ae78c1bbdb9f', '371AB5BCB22A522AA19BAE78C1BBDB9F'];
const ODD_IDS = ['', '__proto__', 'x'.repeat(2000), '\ud800', null, 0, -1, Number.MAX_VALUE, {}, [], true];
/** Also those whose keys have a meaning for an object of JavaScript. */
const anyJson = fc.oneof(
  fc.json(),
  fc.constant('{"__proto__":{"event":"BOOK_VERIFIED"},"constructor":{"prototype":{"x":1}}}'),
  fc.constant('{"event":"BOOK_VERIFIED","book_pk":99999999999999999999999,"book_uuid":"b"}'),
);

export const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((all) => Buffer.from(all));
const sample = fc.constantFrom(...SAMPLES);

const id = fc.option(fc.constantFrom(...UUIDS, ...ODD_IDS), { nil: undefined });
const event = fc
  .tuple(
    fc.constantFrom('event', 'event_name', 'Event', 'name'),
    fc.constantFrom(...NAMES, ...ODD_NAMES),
    fc.record({ book_uuid: id, book_pk: id, uploaded_doc_uuid: id, uploaded_doc_pk: id, status: id }),
  )
  .map(([key, name, ids]) =>
    Buffer.from(JSON.stringify({ [key]: name, ...ids, note: MARK, account_number: MARK, book_name: MARK })),
  );

/** Some bytes replaced, left out, or added: invalid UTF-8, truncated JSON, and so on. */
const corrupt = fc
  .tuple(sample, fc.nat(), fc.oneof(fc.nat(20), fc.constant(Number.POSITIVE_INFINITY)), bytes(20))
  .map(([body, n, length, added]) => {
    const at = n % (body.length + 1);
    return Buffer.concat([body.subarray(0, at), added, body.subarray(at + length)]);
  });

const nested = fc
  .tuple(
    fc.constantFrom(10, 100, 1000, 20_000),
    fc.constantFrom<[open: string, close: string]>(['[', ']'], ['{"a":', '}']),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([depth, [open, close], isClosed, isEvent]) => {
    const inside = `${open.repeat(depth)}1${isClosed ? close.repeat(depth) : ''}`;
    return Buffer.from(isEvent ? `{"event":"BOOK_VERIFIED","book_uuid":"b","x":${inside}}` : inside);
  });

const filled = (length: number, open: string, unit: string, close: string) => {
  const start = `{"event":"BOOK_VERIFIED","book_uuid":"b","note":"${MARK}","x":${open}`;
  const count = Math.max(0, Math.floor((length - start.length - 10) / Buffer.byteLength(unit)));
  return Buffer.from(`${start}${unit.repeat(count)}${close}}`);
};
/** API Gateway allows up to 10 MB, Lambda 6 MB with the body in base64; the webhook must answer every body. */
export const LARGE: readonly ((length: number) => Buffer)[] = [
  (length) => filled(length, '"', 'x', '"'),
  (length) => filled(length, '"', 'é', '"'),
  (length) => filled(length, '[', '1,', '1]'),
  (length) => filled(length, '[', `{"uuid":"${MARK}","pages":3},`, '1]'),
  (length) =>
    Buffer.alloc(
      length,
      Uint8Array.from({ length: 1021 }, (_, n) => (n * 167) % 256),
    ),
];
const large = fc
  .tuple(fc.constantFrom(...LARGE), fc.integer({ min: 1024, max: 10 * 1024 * 1024 }))
  .map(([fill, length]) => fill(length));

/** A body: mostly small, of any kind that a client could send. */
export const anyBody = fc.oneof(
  { weight: 600, arbitrary: sample },
  { weight: 400, arbitrary: event },
  { weight: 400, arbitrary: corrupt },
  { weight: 200, arbitrary: anyJson.map((text) => Buffer.from(text)) },
  { weight: 200, arbitrary: bytes(300) },
  { weight: 100, arbitrary: fc.constant(PING) },
  { weight: 98, arbitrary: nested },
  { weight: 2, arbitrary: large },
);
