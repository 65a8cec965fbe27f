import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, createGunzip, createGzip, type Gunzip, type Gzip, gzip } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Failure } from '../../failure.ts';

/**
 * The largest gzipped body that is kept in the item. DynamoDB charges a write unit per KB, so beyond this S3 is cheaper,
 * however rarely the body is read and however soon it is deleted (docs/decisions/0021).
 */
export const MAX_INLINE_BYTES = 8 * 1024;

/** An object that is written in parts. It cannot be read before it is complete. */
export interface Upload {
  /**
   * @param number from 1.
   * @param bytes at least {@link MIN_PART_BYTES}, unless it is the last part; the caller uses the buffer again afterwards.
   */
  part(number: number, bytes: Buffer): Promise<void>;
  complete(): Promise<void>;
  /** Discards the parts. No part may be in flight: S3 might keep it. */
  abort(): Promise<void>;
}

/** AWS: "Amazon S3 multipart upload limits"; 10,000 parts of it are 50 GB. */
export const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Stores and compresses bodies that are too large for an item or a message. */
export interface Bodies {
  readonly bucket: string;
  put(key: string, body: Buffer): Promise<void>;
  /** A whole object, of limited size. */
  get(bucket: string, key: string): Promise<Buffer>;
  /** An object of any size, piece by piece. Ending the iteration early closes the connection. */
  open(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
  /** Starts an object of unknown length. @param signal aborts its requests. */
  startUpload(key: string, signal: AbortSignal): Promise<Upload>;
  /**
   * Deletes every version, and every delete marker, of the objects whose keys begin with a prefix, so that nothing
   * can be restored. Only operators and the poller have the permission.
   *
   * @returns the number of versions.
   */
  removeAll(prefix: string): Promise<number>;
  /** The names of what `removeAll` would delete. */
  versions(prefix: string): Promise<string[]>;
  compress(body: Buffer): Promise<Buffer>;
  /** Gzips a body of any size, piece by piece. @throws the error of reading it. */
  compressStream(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Buffer>;
}

const REQUEST_TIMEOUTS = { requestTimeout: 20_000, throwOnRequestTimeout: true, connectionTimeout: 1000 };

/** The bucket for bodies that are too large for an item. */
export function openBodies(
  bucket: string,
  client: S3Client = new S3Client({ maxAttempts: 5, requestHandler: REQUEST_TIMEOUTS }),
): Bodies {
  const open = async (from: string, key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: from, Key: key }));
    if (Body === undefined) throw new Failure('retry', 's3-empty');
    return Body;
  };
  return {
    bucket,
    async put(key, body) {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/gzip' }),
      );
    },
    get: async (from, key) => Buffer.from(await (await open(from, key)).transformToByteArray()),
    async open(from, key) {
      const body = await open(from, key);
      // In Node.js it is a Readable; the type also covers browsers.
      if (!(body instanceof Readable)) throw new Failure('broken', 's3-no-stream');
      return body;
    },
    startUpload: (key, signal) => startUpload(client, { bucket, key, signal }),
    removeAll: (prefix) => removeVersions(client, bucket, prefix),
    async versions(prefix) {
      const names: string[] = [];
      for await (const page of listVersions(client, bucket, prefix))
        names.push(...page.map(({ Key, VersionId }) => `${Key} ${VersionId}`));
      return names;
    },
    compress: promisify(gzip),
    compressStream: gzipStream,
  };
}

/** Starts a multipart upload. If it is never completed, the bucket's lifecycle rule ends it after a day. */
async function startUpload(
  client: S3Client,
  { bucket, key, signal: abortSignal }: { bucket: string; key: string; signal: AbortSignal },
): Promise<Upload> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ContentType: 'application/gzip' }),
    { abortSignal },
  );
  const upload = { Bucket: bucket, Key: key, UploadId };
  const parts: CompletedPart[] = [];
  return {
    async part(PartNumber, Body) {
      const sent = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), { abortSignal });
      parts.push({ PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 });
    },
    async complete() {
      await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }));
    },
    async abort() {
      await client.send(new AbortMultipartUploadCommand(upload));
    },
  };
}

/** Prefixes of one book or one delivery; a shorter one would match everything. */
const NARROW = /^(results\/[^/]+\/|deliveries\/[^/]+)/;

/**
 * Lists every version and delete marker of the objects whose keys begin with a prefix. A page has at most 1,000 of them,
 * and so has one DeleteObjects (AWS: ListObjectVersions, DeleteObjects).
 *
 * @throws Error for a prefix that is too wide.
 */
async function* listVersions(
  client: S3Client,
  Bucket: string,
  Prefix: string,
): AsyncGenerator<ObjectIdentifier[]> {
  if (!NARROW.test(Prefix)) throw new Error('a prefix of one book or one delivery is needed');
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    page = await client.send(
      new ListObjectVersionsCommand({
        Bucket,
        Prefix,
        KeyMarker: page?.NextKeyMarker,
        VersionIdMarker: page?.NextVersionIdMarker,
      }),
    );
    yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }) =>
      Key === undefined ? [] : [{ Key, VersionId }],
    );
  } while (page.IsTruncated === true);
}

/**
 * Deletes every version and delete marker of the objects whose keys begin with a prefix.
 *
 * @returns how many were deleted.
 * @throws Failure `retry`, code `s3-delete`, when S3 kept some; Error for a prefix that is too wide.
 */
export async function removeVersions(client: S3Client, Bucket: string, Prefix: string): Promise<number> {
  let removed = 0;
  for await (const Objects of listVersions(client, Bucket, Prefix)) {
    if (Objects.length === 0) continue;
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors.length > 0) throw new Failure('retry', 's3-delete');
    removed += Objects.length;
  }
  return removed;
}

export function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Gzips piece by piece, as fast as zlib can: a Lambda of 512 MB has a third of a core. Measured for rows of transactions:
 * 2.5 times as fast as the default, and 8 % larger (docs/decisions/0021).
 */
export function gzipStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  return through(chunks, createGzip({ level: constants.Z_BEST_SPEED, chunkSize: CHUNK_BYTES }));
}

/** Inverse of {@link gzipStream}. @throws an error of zlib, at the end of truncated data. */
export function gunzipStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  return through(chunks, createGunzip({ chunkSize: CHUNK_BYTES }));
}

async function* through(chunks: AsyncIterable<Uint8Array>, transform: Gzip | Gunzip): AsyncGenerator<Buffer> {
  // One chunk ahead, so that memory does not depend on which side is faster.
  const source = Readable.from(chunks, { highWaterMark: 1 });
  const done = pipeline(source, transform);
  // Also fails, with another error, when the reader of this generator stops early.
  done.catch(() => {});
  yield* transform;
  await done;
}
