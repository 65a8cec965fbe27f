import { createHash } from 'node:crypto';
import { Failure } from '../../failure.ts';
import { isText } from '../../json/is-text.ts';
import { type Outline, OutlineScan, type OutlineShape } from '../../json/outline.ts';
import { JsonError } from '../../json/scanner.ts';
import type { ResultItem } from '../items.ts';
import { type Bodies, MAX_INLINE_BYTES, MIN_PART_BYTES, type Upload } from './result-bodies.ts';

/** Location of a body: gzipped in the item, or in an object. */
export type Placed = Pick<ResultItem, 'body' | 's3'>;

/**
 * A body that was received as a stream. Up to one part of it (5 MiB gzipped) is in memory. A larger body is in S3 as
 * an incomplete upload, which readers cannot see before it is known to be a result.
 */
export interface LargeBody {
  /** Size before gzip. */
  readonly bytes: number;
  readonly sha256: string;
  readonly outline: Outline;
  /**
   * Puts the body in its final place, once, however often this is called.
   *
   * @param key of its object, if it is not in S3 yet.
   */
  place(key: string): Promise<Placed>;
  /** Discards the body unless it was placed. Never fails: the bucket's lifecycle rule ends uploads that remain. */
  discard(): Promise<void>;
}

export interface Receiving {
  readonly bodies: Bodies;
  /** Key of the object, if the body has more than one part. Unique, so that there is only one writer. */
  readonly key: string;
  /** Absent: a file, which is no JSON. */
  readonly shape: OutlineShape | undefined;
  /** Aborts the requests to S3. */
  readonly signal: AbortSignal;
}

/**
 * Reads a body of any size to its end: hashes it as received, gzips it, and sends it to S3. Takes about 20 MB of
 * memory for any size. After an error, nothing of it is left in S3.
 *
 * @throws Failure `retry`, code `http-200-unreadable`, when it is no complete JSON text, or a text instead of a file; the
 * error of reading it, or of S3.
 */
export async function receiveLargeBody(
  chunks: AsyncIterable<Uint8Array>,
  { bodies, key, shape, signal }: Receiving,
): Promise<LargeBody> {
  const hash = createHash('sha256');
  const scan = shape === undefined ? new FileScan() : new OutlineScan(shape);
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
    return { bytes, sha256: hash.digest('hex'), outline, ...placing(bodies, parts, key, whole) };
  } catch (cause) {
    await parts.abort();
    throw cause instanceof JsonError ? new Failure('retry', 'http-200-unreadable', { cause }) : cause;
  }
}

/** Checks a file: a page of HTML, or an error of more than 64 KB, is none. */
class FileScan {
  #isFirst = true;

  /** @throws JsonError */
  write(chunk: Uint8Array): void {
    if (this.#isFirst && isText(chunk)) throw new JsonError('a text instead of a file');
    this.#isFirst = false;
  }

  end(): Outline {
    return { json: undefined, digest: undefined };
  }
}

/** @param uploadedAs key of the object, if it is in S3. @param received gzipped; `undefined` if it is in S3. */
function placing(
  bodies: Bodies,
  parts: Parts,
  uploadedAs: string,
  received: Buffer | undefined,
): Pick<LargeBody, 'place' | 'discard'> {
  let whole = received;
  let placed: Promise<Placed> | undefined;
  const placeOnce = async (key: string): Promise<Placed> => {
    if (whole === undefined) {
      await parts.complete();
      return { s3: { bucket: bodies.bucket, key: uploadedAs } };
    }
    const all = whole;
    // Frees the memory: several results may be kept until the end of the batch.
    whole = undefined;
    if (all.length <= MAX_INLINE_BYTES) return { body: new Uint8Array(all) };
    await bodies.put(key, all);
    return { s3: { bucket: bodies.bucket, key } };
  };
  return {
    place(key) {
      placed ??= placeOnce(key);
      return placed;
    },
    async discard() {
      whole = undefined;
      // A body that is being placed must not be aborted, unless placing fails.
      await placed?.catch(() => {});
      await parts.abort();
    },
  };
}

/**
 * Free buffers for parts. Allocating a new one for each part would fragment the memory of the process, which would grow
 * with the size of the bodies (measured: by 150 MB for 2 GB).
 */
const spare: Buffer[] = [];
/** Two for each stream (functions/consumers/runtime/dependencies.ts). */
const MAX_SPARE = 8;

/**
 * Collects the bytes of an object of any length. The first part stays in memory until there are more bytes; then one part
 * is sent to S3 while the next is filled.
 */
class Parts {
  readonly #bodies: Pick<Bodies, 'startUpload'>;
  readonly #key: string;
  readonly #signal: AbortSignal;
  /** Start of the body, while it is shorter than a part. */
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Part that is being filled; `#bytes` of it are used. */
  #part: Buffer | undefined;
  #upload: Upload | undefined;
  #sending: Promise<void> = Promise.resolve();
  #sent = 0;

  /** @param signal aborts the requests. */
  constructor(bodies: Pick<Bodies, 'startUpload'>, key: string, signal: AbortSignal) {
    this.#bodies = bodies;
    this.#key = key;
    this.#signal = signal;
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#part === undefined) {
      this.#pieces.push(bytes);
      this.#bytes += bytes.length;
      if (this.#bytes < MIN_PART_BYTES) return;
      const pieces = this.#pieces.splice(0);
      this.#bytes = 0;
      this.#part = takeBuffer();
      for (const piece of pieces) await this.#fill(piece);
    } else await this.#fill(bytes);
  }

  /** @returns the whole body if it is shorter than a part; otherwise all parts are in S3. */
  async end(): Promise<Buffer | undefined> {
    if (this.#part === undefined) return Buffer.concat(this.#pieces.splice(0));
    if (this.#bytes > 0) await this.#send(this.#part, this.#bytes);
    await this.#sending;
    this.#part = undefined;
    return undefined;
  }

  async complete(): Promise<void> {
    await this.#upload?.complete();
    this.#upload = undefined;
  }

  /** Discards everything that is not complete. Never fails. */
  async abort(): Promise<void> {
    this.#pieces = [];
    this.#part = undefined;
    const upload = this.#upload;
    this.#upload = undefined;
    await this.#sending.catch(() => {});
    await upload?.abort().catch(() => {});
  }

  async #fill(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      this.#part ??= takeBuffer();
      const copied = bytes.copy(this.#part, this.#bytes, from);
      from += copied;
      this.#bytes += copied;
      if (this.#bytes === MIN_PART_BYTES) {
        await this.#send(this.#part, this.#bytes);
        this.#part = takeBuffer();
      }
    }
  }

  async #send(part: Buffer, length: number): Promise<void> {
    this.#upload ??= await this.#bodies.startUpload(this.#key, this.#signal);
    await this.#sending;
    this.#sent += 1;
    this.#bytes = 0;
    this.#sending = this.#upload
      .part(this.#sent, part.subarray(0, length))
      // Not after an error: the request might still use it.
      .then(() => giveBack(part));
    // Awaited before the next part, or at the end.
    this.#sending.catch(() => {});
  }
}

function takeBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(MIN_PART_BYTES);
}

function giveBack(buffer: Buffer): void {
  if (spare.length < MAX_SPARE) spare.push(buffer);
}
