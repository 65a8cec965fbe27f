import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Failure } from '../../failure.ts';
import type { ResultItem } from '../items.ts';
import { decompress, gunzipStream } from './gzip.ts';
import type { Bodies } from './result-bodies.ts';

/** The body of a result as a whole. */
export async function bodyOf({ s3, body }: ResultItem, bodies: Pick<Bodies, 'get'>): Promise<Buffer> {
  return decompress(s3 === undefined ? Buffer.from(body ?? []) : await bodies.get(s3.bucket, s3.key));
}

/**
 * The body of a result, piece by piece. Nothing is opened before it is read.
 *
 * @throws while it is read: Failure `broken`, code `body-differs`, at the end, when it is not the body that was stored; and
 * what S3 says.
 */
export function streamOf(result: ResultItem, bodies: Pick<Bodies, 'open'>): Readable {
  return Readable.from(verified(result, bodies), { objectMode: false });
}

async function* verified(
  { s3, body, sha256 }: ResultItem,
  bodies: Pick<Bodies, 'open'>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const compressed =
    s3 === undefined ? Readable.from([Buffer.from(body ?? [])]) : await bodies.open(s3.bucket, s3.key);
  for await (const piece of gunzipStream(compressed)) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== sha256) throw new Failure('broken', 'body-differs');
}
