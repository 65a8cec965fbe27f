import { sampleBodies } from '../../../shared/events/testing/fixtures.ts';
import type { Draw } from './draw.ts';

/** Recognisable in a log, wherever it would come from: stands for names and account numbers. */
export const MARK = 'MARKED-AS-CONFIDENTIAL';

const SAMPLES = ['', '_odd', '_variants'].flatMap((folder) => sampleBodies(folder)).map(({ body }) => body);
const PING = Buffer.from('{"status":"VERIFICATION_COMPLETE","uploaded_doc_pk":0,"book_pk":0}');
const NAMES = [
  'BOOK_VERIFIED',
  'document.verification_succeeded',
  '__proto__',
  'constructor',
  'toString',
  '',
  ' \t',
  'book.verified\r\nx: y',
  '\u0000',
  '\ud800',
  '\uffff',
  'n'.repeat(5000),
] as const;
const IDS = [
  '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f',
  '371AB5BCB22A522AA19BAE78C1BBDB9F',
  '',
  '__proto__',
  'x'.repeat(2000),
  '\ud800',
  null,
  0,
  -1,
  Number.MAX_VALUE,
  {},
  [],
  true,
] as const;
const RAW = [
  '',
  'null',
  '[]',
  '"text"',
  '1e999',
  '-',
  '{',
  '{"a":1}{"a":1}',
  '\ufeff{"event":"BOOK_VERIFIED"}',
  '{"event":"BOOK_VERIFIED","event":{}}',
  '{"__proto__":{"event":"BOOK_VERIFIED"},"constructor":{"prototype":{"x":1}}}',
  '{"event":"BOOK_VERIFIED","book_pk":99999999999999999999999,"book_uuid":"b"}',
  '{"event":"BOOK_VERIFIED","book_pk":12345678901234567890}',
  'event=BOOK_VERIFIED&book_uuid=b',
  '<xml/>',
] as const;

/** A body: mostly small, of any kind that a client could send. */
export function drawBody(draw: Draw): Buffer {
  const kind = draw.int(100);
  if (kind < 30) return draw.one([SAMPLES[draw.int(SAMPLES.length)] ?? PING]);
  if (kind < 50) return Buffer.from(JSON.stringify(drawEvent(draw)));
  if (kind < 70) return corrupt(draw, SAMPLES[draw.int(SAMPLES.length)] ?? PING);
  if (kind < 80) return Buffer.from(draw.one(RAW));
  if (kind < 90) return draw.bytes(draw.int(300));
  if (kind < 95) return PING;
  if (kind < 99) return nested(draw, 10 ** (1 + draw.int(3)));
  return draw.chance(0.04) ? drawLarge(draw) : nested(draw, 20_000);
}

function drawEvent(draw: Draw): object {
  const event: Record<string, unknown> = { note: MARK, account_number: MARK, book_name: MARK };
  event[draw.one(['event', 'event_name', 'Event', 'name'])] = draw.one(NAMES);
  for (const key of ['book_uuid', 'book_pk', 'uploaded_doc_uuid', 'uploaded_doc_pk', 'status']) {
    if (draw.chance(0.4)) event[key] = draw.one(IDS);
  }
  return event;
}

/** Some bytes changed, left out, repeated: invalid UTF-8, truncated JSON, and so on. */
function corrupt(draw: Draw, body: Buffer): Buffer {
  let bytes = Buffer.from(body);
  for (let n = draw.int(3); n >= 0; n -= 1) {
    const at = draw.int(bytes.length + 1);
    const length = draw.int(20);
    const before = bytes.subarray(0, at);
    const rest = [
      () => [draw.bytes(1), bytes.subarray(at + 1)],
      () => [bytes.subarray(at + length)],
      () => [bytes.subarray(at, at + length), bytes.subarray(at)],
      () => [draw.bytes(length), bytes.subarray(at)],
      () => [],
    ][draw.int(5)]?.();
    bytes = Buffer.concat([before, ...(rest ?? [])]);
  }
  return bytes;
}

function nested(draw: Draw, depth: number): Buffer {
  const [open, close] = draw.one([
    ['[', ']'],
    ['{"a":', '}'],
  ]);
  const closed = draw.chance(0.7) ? close.repeat(depth) : '';
  const inside = open.repeat(depth) + (open === '[' ? '' : '1') + closed;
  return Buffer.from(draw.chance(0.5) ? inside : `{"event":"BOOK_VERIFIED","book_uuid":"b","x":${inside}}`);
}

/** API Gateway allows up to 10 MB, Lambda 6 MB with the body in base64; the webhook must answer every body. */
export function drawLarge(draw: Draw, bytes = 1024 + draw.int(10 * 1024 * 1024)): Buffer {
  const start = `{"event":"BOOK_VERIFIED","book_uuid":"b","note":"${MARK}","x":`;
  const fill = (unit: string, close: string) => {
    const count = Math.max(0, Math.floor((bytes - start.length - 10) / Buffer.byteLength(unit)));
    return Buffer.from(`${start}${close === '"' ? '"' : '['}${unit.repeat(count)}${close}}`);
  };
  return draw.one([
    () => fill('x', '"'),
    () => fill('é', '"'),
    () => fill('1,', '1]'),
    () => fill(`{"uuid":"${MARK}","pages":3},`, '1]'),
    () => Buffer.alloc(bytes, draw.bytes(1021)),
  ])();
}
