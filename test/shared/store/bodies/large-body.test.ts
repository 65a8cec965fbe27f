import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { receiveLargeBody } from '../../../../shared/store/bodies/large-body.ts';
import { MIN_PART_BYTES, openBodies } from '../../../../shared/store/bodies/result-bodies.ts';
import { type MemoryBodies, memoryBodies } from '../testing/bodies.ts';
import { type S3Server, startS3Server } from '../testing/s3-server.ts';

const SHAPE = { paths: ['rows', 'total'], digest: 'rows' };
const never = new AbortController().signal;

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(() => s3.close());
beforeEach(() => {
  s3.received.length = 0;
  s3.refuse = undefined;
});

/** Rows that gzip makes a quarter smaller. */
const ROWS = Array.from({ length: 9 }, () => randomBytes(704 * 1024).toString('base64'));
const bodyOf = (rows: number) => Buffer.from(JSON.stringify({ total: rows, rows: ROWS.slice(0, rows) }));
/** Of two parts; S3 takes none below 5 MB but the last. */
const BODY = bodyOf(9);

async function* inPieces(body: Buffer, failure?: Error) {
  for (let at = 0; at < body.length; at += 64 * 1024) yield body.subarray(at, at + 64 * 1024);
  if (failure !== undefined) throw failure;
}

const receive = (chunks: AsyncIterable<Uint8Array>, bodies: MemoryBodies | ReturnType<typeof openBodies>) =>
  receiveLargeBody(chunks, { bodies, key: 'results/b/streamed/1', shape: SHAPE, signal: never });

const receiveFile = (body: Buffer, bodies: MemoryBodies) =>
  receiveLargeBody(inPieces(body), { bodies, key: 'results/b/streamed/1', shape: undefined, signal: never });

const toS3 = () => openBodies('results-bucket', new S3Client({}));

test('a body of several parts is uploaded as it comes, and completed only when it is placed', async () => {
  const received = await receive(inPieces(BODY), toS3());
  expect(received).toMatchObject({
    bytes: BODY.length,
    sha256: createHash('sha256').update(BODY).digest('hex'),
    outline: { json: { total: 9 } },
  });
  expect(s3.requests()).toEqual([
    'POST uploads=',
    'PUT partNumber=1&uploadId=upload-1',
    'PUT partNumber=2&uploadId=upload-1',
  ]);
  expect(s3.received[0]).toMatchObject({
    path: '/results-bucket/results/b/streamed/1?uploads=',
    headers: { 'content-type': 'application/gzip' },
  });
  const parts = s3.received.slice(1).map((request) => request.body);
  for (const part of parts.slice(0, -1)) expect(part.length).toBeGreaterThanOrEqual(MIN_PART_BYTES);
  expect(gunzipSync(Buffer.concat(parts)).equals(BODY)).toBe(true);

  s3.received.length = 0;
  const placed = { s3: { bucket: 'results-bucket', key: 'results/b/streamed/1' } };
  expect(await received.place('results/b/other')).toEqual(placed);
  expect(await received.place('results/b/other')).toEqual(placed);
  await received.discard();
  expect(s3.requests()).toEqual(['POST uploadId=upload-1']);
  expect(String(s3.received[0]?.body)).toMatch(/(<Part>.*<PartNumber>\d<\/PartNumber>.*?<\/Part>){2}/);
});

test.each([
  ['is cut by Ocrolus', () => inPieces(BODY, new Error('reset')), undefined, 'reset'],
  ['ends too early', () => inPieces(BODY.subarray(0, -1)), undefined, 'http-200-unreadable'],
  ['is refused by S3', () => inPieces(BODY), /partNumber=2/, 'no'],
])('a body that %s is aborted: nothing is left in S3', async (_what, pieces, refuse, message) => {
  s3.refuse = refuse;
  await expect(receive(pieces(), toS3())).rejects.toThrow(message);
  expect(s3.requests().at(-1)).toBe('DELETE uploadId=upload-1');
  expect(s3.requests().filter((request) => request.startsWith('POST'))).toEqual(['POST uploads=']);
});

test.each<[string, boolean, RegExp | undefined]>([
  ['is not placed, and not aborted by S3: the lifecycle rule does it', false, /^DELETE/],
  ['is not completed by S3', true, /^POST uploadId/],
])('an upload that %s is aborted once', async (_what, isPlaced, refuse) => {
  const received = await receive(inPieces(BODY), toS3());
  s3.refuse = refuse;
  if (isPlaced) await expect(received.place('results/b/other')).rejects.toThrow('no');
  s3.received.length = 0;
  await received.discard();
  await received.discard();
  expect(s3.requests()).toEqual(['DELETE uploadId=upload-1']);
});

test('a body of less than a part is one object, named by its writer, or none', async () => {
  const bodies = memoryBodies();
  const body = bodyOf(1);
  const received = await receive(inPieces(body), bodies);
  expect(await received.place('results/b/named')).toEqual({
    s3: { bucket: bodies.bucket, key: 'results/b/named' },
  });
  expect(gunzipSync(bodies.objects.get('results/b/named') ?? '').equals(body)).toBe(true);
  const small = Buffer.from(JSON.stringify({ rows: Array(50_000).fill(0) }));
  const { body: inline } = await (await receive(inPieces(small), bodies)).place('results/b/small');
  expect(gunzipSync(Buffer.from(inline ?? [])).equals(small)).toBe(true);
  expect([...bodies.objects.keys()]).toEqual(['results/b/named']);
});

test('a file of any bytes is received as it is, and nothing of it is read', async () => {
  const file = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(MIN_PART_BYTES)]);
  const bodies = memoryBodies();
  const received = await receiveFile(file, bodies);
  expect(received).toMatchObject({
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
    outline: { json: undefined },
  });
  const { s3: placed } = await received.place('results/b/other');
  expect(placed).toEqual({ bucket: bodies.bucket, key: 'results/b/streamed/1' });
  expect(gunzipSync(await bodies.get(bodies.bucket, 'results/b/streamed/1')).equals(file)).toBe(true);
});

test.each(['<html>', '\uFEFF {"message":"', ' ['])('a text that begins with %j is no file', async (start) => {
  const bodies = memoryBodies();
  const text = Buffer.from(start + 'x'.repeat(100_000));
  await expect(receiveFile(text, bodies)).rejects.toMatchObject({ code: 'http-200-unreadable' });
  expect(bodies.uploads.size).toBe(0);
});
