import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isText } from '../../../shared/json/is-text.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { mediaTypeOf } from '../../../shared/ocrolus/files.ts';
import { json } from './testing/fake-fetch.ts';
import { DEADLINE, open } from './testing/open-client.ts';

const workbook = calls.workbook('b');
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** No UTF-8, and no JSON. */
const BYTES = Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x00, 0xff, 0xfe, 0x80]);

const file = (body: Uint8Array<ArrayBuffer> | string, type: string | undefined = XLSX, status = 200) =>
  new Response(body, { status, headers: type === undefined ? {} : { 'content-type': type } });

const noStream = () => Promise.reject(new Error('nothing here is large'));

describe('a file', () => {
  it('has the bytes as they came, and its media type', async () => {
    const { client, sent } = open(() => file(BYTES, `${XLSX.toUpperCase()}; charset=binary`));
    expect(await client.fetch(workbook, DEADLINE, noStream)).toEqual({
      kind: 'ok',
      answer: {
        operation: 'lender-analytics-xlsx',
        body: BYTES,
        json: undefined,
        contentType: XLSX,
        httpStatus: 200,
        askedAt: '1970-01-01T00:00:00.000Z',
      },
    });
    expect(sent[0]?.headers.get('accept')).toBe('*/*');
  });

  it('of more than 64 KB is given away as a stream, with its media type', async () => {
    const body = Buffer.alloc(100_000, 0xff);
    const { client } = open(() => file(body));
    let bytes = 0;
    const reply = await client.fetch(workbook, DEADLINE, async (chunks) => {
      for await (const chunk of chunks) bytes += chunk.length;
      return { body: 'large', json: undefined };
    });
    expect(reply).toMatchObject({ kind: 'ok', answer: { body: 'large', contentType: XLSX } });
    expect(bytes).toBe(body.length);
  });

  it('is not expected by other calls, which ask for JSON', async () => {
    const { client, sent } = open(() => file(BYTES));
    await expect(client.ask(calls.bookPayStubs('b'), DEADLINE)).rejects.toMatchObject({
      code: 'http-200-unreadable',
    });
    expect(sent[0]?.headers.get('accept')).toBe('application/json');
  });
});

test.each([
  ['an error with its own status', json(404, { status: 404, code: 1401, message: '' }), 'refused', '1401'],
  ['an error with HTTP 200', json(200, { status: 400, code: 9006, message: '' }), 'permanent', '9006'],
  ['not ready', json(425, { status: 425, code: 9004 }), 'not-yet', '9004'],
  ['JSON without an error', json(200, { url: 'https://files.example/1' }), 'not-yet', 'no-file'],
  ['JSON with a byte order mark', file('\uFEFF{"message":"no"}'), 'not-yet', 'no-file'],
  ['a file with an error status', file(BYTES, XLSX, 403), 'failed', 'http-403-unreadable'],
  ['a page of HTML', file('<html></html>', 'text/html'), 'failed', 'http-200-unreadable'],
  ['JSON that is cut off', file('{"status":40', 'application/json'), 'failed', 'http-200-unreadable'],
  ['nothing', file('', XLSX), 'failed', 'http-200-unreadable'],
])('in place of a file, %s is no file', async (_, response, kind, code) => {
  const { client } = open(() => response.clone());
  const asked = client.fetch(workbook, DEADLINE, noStream);
  if (kind === 'failed') await expect(asked).rejects.toMatchObject({ class: 'retry', code });
  else expect(await asked).toMatchObject({ kind, code });
});

test.each([
  [null, 'application/octet-stream'],
  ['', 'application/octet-stream'],
  ['nonsense', 'application/octet-stream'],
  ['image/PNG', 'image/png'],
  ['application/pdf;charset=utf-8', 'application/pdf'],
])('the media type of the header %j is %s', (header, expected) => {
  expect(mediaTypeOf(header)).toBe(expected);
});

test('every JSON text is a text, and so is each of its beginnings without a literal', () => {
  fc.assert(
    fc.property(fc.oneof(fc.object(), fc.array(fc.anything()), fc.string()), fc.nat(), (value, length) => {
      const text = JSON.stringify(value);
      expect(isText(Buffer.from(text.slice(0, length)))).toBe(true);
    }),
  );
});

test.each([
  ['a PDF', '255044462d312e37'],
  ['a PNG', '89504e470d0a1a0a'],
  ['a JPEG', 'ffd8ffe000104a46'],
  ['a TIFF', '49492a0008000000'],
  ['a HEIC', '0000001866747970'],
  ['an Excel workbook', '504b030414000600'],
])('%s is no text', (_, head) => {
  expect(isText(Buffer.from(head, 'hex'))).toBe(false);
});
