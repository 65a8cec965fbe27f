import { createHash } from 'node:crypto';
import { Failure } from '../../failure.ts';
import { type Outline, OutlineScan, type OutlineShape } from '../../json/outline.ts';
import { JsonError } from '../../json/visitor.ts';
import type { ResultItem } from '../items.ts';
import { Parts } from './parts.ts';
import { type Bodies, MAX_INLINE_BYTES } from './result-bodies.ts';

/** Where a body is: gzipped in the item, or in an object. */
export type Placed = Pick<ResultItem, 'body' | 's3'>;

/**
 * A body that was received as a stream. Up to one part of it (5 MiB gzipped) is in memory; a larger one is in S3 as an
 * incomplete upload, which readers cannot see before it is known to be a result.
 */
export interface LargeBody {
  /** Before gzip. */
  readonly bytes: number;
  readonly sha256: string;
  readonly outline: Outline;
  /**
   * Puts it in its final place; once, however often this is called.
   *
   * @param key of its object, where it is not in S3 yet.
   */
  place(key: string): Promise<Placed>;
  /** Discards it, unless it was placed. Never fails: the bucket's lifecycle rule ends uploads that remain. */
  discard(): Promise<void>;
}

export interface Receiving {
  readonly bodies: Bodies;
  /** Of the object, where the body has more than one part. Unique, so that there is one writer only. */
  readonly key: string;
  readonly shape: OutlineShape;
  /** Ends the requests to S3. */
  readonly signal: AbortSignal;
}

/**
 * Reads a body of any size to its end: hashed as received, gzipped, and sent to S3 on the way. Takes about 20 MB of memory,
 * whatever its size. After an error nothing of it is left in S3.
 *
 * @throws Failure `retry`, code `http-200-unreadable`, when it is not a JSON text or only the start of one; what reading it throws,
 * and what S3 says.
 */
export async function receiveLargeBody(
  chunks: AsyncIterable<Uint8Array>,
  { bodies, key, shape, signal }: Receiving,
): Promise<LargeBody> {
  const hash = createHash('sha256');
  const scan = new OutlineScan(shape);
  let bytes = 0;
  async function* measured() {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
      scan.write(chunk);
      yield chunk;
    }
  }
  const parts = new Parts(bodies, key, signal);
  try {
    for await (const compressed of bodies.compressStream(measured())) await parts.write(compressed);
    const outline = scan.end();
    const whole = await parts.end();
    return new ReceivedBody(bodies, { bytes, sha256: hash.digest('hex'), outline, whole, key, parts });
  } catch (cause) {
    await parts.abort();
    throw cause instanceof JsonError ? new Failure('retry', 'http-200-unreadable', { cause }) : cause;
  }
}

interface Received {
  readonly bytes: number;
  readonly sha256: string;
  readonly outline: Outline;
  /** Gzipped; `undefined` when it is in S3. */
  readonly whole: Buffer | undefined;
  readonly key: string;
  readonly parts: Parts;
}

class ReceivedBody implements LargeBody {
  readonly bytes: number;
  readonly sha256: string;
  readonly outline: Outline;
  readonly #bodies: Bodies;
  readonly #parts: Parts;
  readonly #key: string;
  #whole: Buffer | undefined;
  #placed: Promise<Placed> | undefined;

  constructor(bodies: Bodies, { bytes, sha256, outline, whole, key, parts }: Received) {
    this.bytes = bytes;
    this.sha256 = sha256;
    this.outline = outline;
    this.#bodies = bodies;
    this.#parts = parts;
    this.#key = key;
    this.#whole = whole;
  }

  place(key: string): Promise<Placed> {
    this.#placed ??= this.#place(key);
    return this.#placed;
  }

  async discard(): Promise<void> {
    this.#whole = undefined;
    // A body that is being placed must not be aborted, unless placing fails.
    await this.#placed?.catch(() => {});
    await this.#parts.abort();
  }

  async #place(key: string): Promise<Placed> {
    const whole = this.#whole;
    if (whole === undefined) {
      await this.#parts.complete();
      return { s3: { bucket: this.#bodies.bucket, key: this.#key } };
    }
    // Several results may be kept until the end of the batch.
    this.#whole = undefined;
    if (whole.length <= MAX_INLINE_BYTES) return { body: new Uint8Array(whole) };
    await this.#bodies.put(key, whole);
    return { s3: { bucket: this.#bodies.bucket, key } };
  }
}
