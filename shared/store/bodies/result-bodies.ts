import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Failure } from '../../failure.ts';
import { removeVersions } from '../removal/remove-versions.ts';
import { gzipStream } from './gzip.ts';
import { startUpload, type Upload } from './upload.ts';

/**
 * The largest gzipped body that is kept in the item. DynamoDB charges a write unit per KB, so beyond this S3 is cheaper,
 * however rarely the body is read and however soon it is deleted (docs/decisions/0021).
 */
export const MAX_INLINE_BYTES = 8 * 1024;

/** The bodies that are too large for an item or a message, and their compression. */
export interface Bodies {
  readonly bucket: string;
  put(key: string, body: Buffer): Promise<void>;
  /** A whole object, of limited size. */
  get(bucket: string, key: string): Promise<Buffer>;
  /** An object of any size, piece by piece. To stop early, end the iteration: that closes the connection. */
  open(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
  /** Starts an object of unknown length. @param signal ends its requests. */
  startUpload(key: string, signal: AbortSignal): Promise<Upload>;
  /**
   * Deletes every version, and every delete marker, of the objects whose keys begin with a prefix: nothing can be
   * restored. For operators and the poller, which may do so.
   *
   * @returns how many versions there were.
   */
  removeAll(prefix: string): Promise<number>;
  /** Gzips a body. */
  compress(body: Buffer): Promise<Buffer>;
  /** Gzips a body of any size, piece by piece. What reading it throws, this throws. */
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
    compress: promisify(gzip),
    compressStream: gzipStream,
  };
}

export function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
