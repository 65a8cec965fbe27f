import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';
import { type Outline, OutlineScan, type OutlineShape } from '../json/outline.ts';
import { JsonError } from '../json/scanner.ts';
import type { ResultItem } from './items.ts';
import { type Bodies, MAX_INLINE_BYTES } from './result-bodies.ts';
import { MIN_PART_BYTES, type Upload } from './upload.ts';

/** Where a body is: gzipped in the item, or in an object. */
export type Placed = Pick<ResultItem, 'body' | 's3'>;

/**
 * A body that was received as a stream. Up to one part of it (5 MiB gzipped) is in memory; a larger one is in S3 as an upload
 * that is not complete, so that nobody sees it before it is known whether it is a result.
 */
export interface LargeBody {
  /** Before gzip. */
  readonly bytes: number;
  readonly sha256: string;
  readonly outline: Outline;
  /**
   * Puts it where it stays; once, however often this is called.
   *
   * @param key of its object, where it is not in S3 yet.
   */
  place(key: string): Promise<Placed>;
  /** Throws it away, unless it was placed. Never fails: the bucket's lifecycle rule ends what this could not end. */
  discard(): Promise<void>;
}

export interface Receiving {
  readonly bodies: Bodies;
  /** Of the object, where the body has more than one part. Another one each time: nobody else writes to it. */
  readonly key: string;
  readonly shape: OutlineShape;
  /** Ends the requests to S3. */
  readonly signal: AbortSignal;
}

/**
 * Reads a body of any size to its end: hashed as received, gzipped, and sent to S3 on the way. Takes about 20 MB of memory,
 * whatever its size. After an error nothing of it is left in S3.
 *
 * @throws Failure `retry`, code `http-200-unreadable`, when it is no JSON text or only its beginning; what reading it throws,
 * and what S3 says.
 */
export async function receiveLargeBody(
  chunks: AsyncIterable<Uint8Array>,
  { bodies, key, shape, signal }: Receiving,
): Promise<LargeBody> {
  const hash = createHash('sha256');
  const scan = new OutlineScan(shape);
  let bytes = 0;
  async function* observed() {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
      scan.write(chunk);
      yield chunk;
    }
  }
  const parts = new Parts(bodies, key, signal);
  try {
    for await (const compressed of bodies.compressStream(observed())) await parts.write(compressed);
    const outline = scan.end();
    const whole = await parts.end();
    return new ReceivedBody(bodies, { bytes, sha256: hash.digest('hex'), outline, whole, key, parts });
  } catch (cause) {
    await parts.abort();
    throw cause instanceof JsonError ? new Failure('retry', 'http-200-unreadable', { cause }) : cause;
  }
}

/** Collects compressed bytes to parts, of which one is on its way while the next is filled. */
class Parts {
  readonly #bodies: Bodies;
  readonly #key: string;
  readonly #signal: AbortSignal;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #upload: Upload | undefined;
  #onItsWay: Promise<void> = Promise.resolve();
  #sent = 0;

  constructor(bodies: Bodies, key: string, signal: AbortSignal) {
    this.#bodies = bodies;
    this.#key = key;
    this.#signal = signal;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= MIN_PART_BYTES) await this.#send();
  }

  /** @returns everything, where it is less than a part; otherwise all parts are in S3. */
  async end(): Promise<Buffer | undefined> {
    if (this.#upload === undefined) return this.#take();
    if (this.#pendingBytes > 0) await this.#send();
    await this.#onItsWay;
    return undefined;
  }

  async complete(): Promise<void> {
    await this.#upload?.complete();
    this.#upload = undefined;
  }

  async abort(): Promise<void> {
    this.#pending = [];
    const upload = this.#upload;
    this.#upload = undefined;
    await this.#onItsWay.catch(() => {});
    await upload?.abort().catch(() => {});
  }

  async #send(): Promise<void> {
    const part = this.#take();
    this.#upload ??= await this.#bodies.startUpload(this.#key, this.#signal);
    await this.#onItsWay;
    this.#sent += 1;
    this.#onItsWay = this.#upload.part(this.#sent, part);
    // It is awaited before the next part, or at the end.
    this.#onItsWay.catch(() => {});
  }

  #take(): Buffer {
    const taken = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    return taken;
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
    // What is being placed is no longer ours to abort, unless that fails.
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
