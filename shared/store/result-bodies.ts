import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Failure } from '../failure.ts';
import { removeVersions } from './remove-versions.ts';

/**
 * The largest gzipped body that is kept in the item. DynamoDB charges a write unit per KB: from about 8 KB on
 * S3 is cheaper, but an item is one read. 32 KB holds every vendor example, the largest of 360 KB included.
 */
export const MAX_INLINE_BYTES = 32 * 1024;

/** The bodies that are too large for an item or a message, and their compression. */
export interface Bodies {
  readonly bucket: string;
  put(key: string, body: Buffer): Promise<void>;
  get(bucket: string, key: string): Promise<Buffer>;
  /**
   * Deletes every version, and every delete marker, of the objects whose keys begin with a prefix: nothing can be
   * restored. For operators and the poller, which may do so.
   *
   * @returns how many versions there were.
   */
  removeAll(prefix: string): Promise<number>;
  /** Gzips a body. */
  compress(body: Buffer): Promise<Buffer>;
}

const REQUEST_TIMEOUTS = { requestTimeout: 20_000, throwOnRequestTimeout: true, connectionTimeout: 1000 };

/** The bucket for what is too large for an item. */
export function openBodies(
  bucket: string,
  client: S3Client = new S3Client({ maxAttempts: 5, requestHandler: REQUEST_TIMEOUTS }),
): Bodies {
  return {
    bucket,
    async put(key, body) {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/gzip' }),
      );
    },
    async get(from, key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: from, Key: key }));
      if (Body === undefined) throw new Failure('retry', 's3-empty');
      return Buffer.from(await Body.transformToByteArray());
    },
    removeAll: (prefix) => removeVersions(client, bucket, prefix),
    compress: promisify(gzip),
  };
}

export const decompress = promisify(gunzip);

export function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
