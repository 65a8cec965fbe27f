import type { Bodies } from './result-bodies.ts';
import { MIN_PART_BYTES, type Upload } from './upload.ts';

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
export class Parts {
  readonly #bodies: Pick<Bodies, 'startUpload'>;
  readonly #key: string;
  readonly #signal: AbortSignal;
  /** The start, while it is less than a part. */
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** The part that is being filled, of which `#bytes` are used. */
  #part: Buffer | undefined;
  #upload: Upload | undefined;
  #sending: Promise<void> = Promise.resolve();
  #sent = 0;

  /** @param signal ends the requests. */
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

  /** @returns everything, where it is less than a part; otherwise all parts are in S3. */
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
    // It is awaited before the next part, or at the end.
    this.#sending.catch(() => {});
  }
}

function takeBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(MIN_PART_BYTES);
}

function giveBack(buffer: Buffer): void {
  if (spare.length < MAX_SPARE) spare.push(buffer);
}
