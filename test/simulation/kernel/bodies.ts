import { gunzipSync, gzipSync } from 'node:zlib';
import type { Bodies } from '../../../shared/store/bodies/result-bodies.ts';
import type { Actor } from './actors.ts';
import { awsError } from './faults.ts';
import { port } from './port.ts';

let isAtWork = false;

/** Whether this module is compressing, for the guard: finding that out from the stack takes longer than compressing. */
export function isCompressing(): boolean {
  return isAtWork;
}

/** As fast as it can be, in this thread. */
function compress(body: Uint8Array): Buffer {
  return atWork(() => gzipSync(body, { level: 1 }));
}

/** The opposite of {@link compress}. */
export function decompress(compressed: Uint8Array): Buffer {
  return atWork(() => gunzipSync(compressed));
}

function atWork(work: () => Buffer): Buffer {
  isAtWork = true;
  try {
    return work();
  } finally {
    isAtWork = false;
  }
}

/** The objects of all buckets, by bucket and key. */
export class BodyStore {
  readonly #objects = new Map<string, Buffer>();
  /** Buckets and keys of uploads that are neither complete nor aborted. */
  readonly uploads = new Set<string>();

  put(bucket: string, key: string, body: Buffer): void {
    this.#objects.set(`${bucket}/${key}`, body);
  }

  /** @throws NoSuchKey as S3. */
  get(bucket: string, key: string): Buffer {
    const body = this.#objects.get(`${bucket}/${key}`);
    if (body === undefined) throw awsError('NoSuchKey', 'The specified key does not exist.');
    return Buffer.from(body);
  }

  /** An object, for invariants: costs nothing, and must not be changed. */
  peek(bucket: string, key: string): Buffer | undefined {
    return this.#objects.get(`${bucket}/${key}`);
  }

  /** Keys with their buckets. */
  keys(): Iterable<string> {
    return this.#objects.keys();
  }

  completeUpload(bucket: string, key: string, body: Buffer): void {
    this.abortUpload(`${bucket}/${key}`);
    this.put(bucket, key, body);
  }

  abortUpload(name: string): void {
    if (!this.uploads.delete(name)) throw awsError('NoSuchUpload', 'The specified upload does not exist.');
  }

  /** @returns how many there were. */
  removeAll(bucket: string, prefix: string): number {
    const keys = this.keysBelow(bucket, prefix);
    for (const key of keys) this.#objects.delete(key);
    return keys.length;
  }

  keysBelow(bucket: string, prefix: string): string[] {
    return [...this.#objects.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`));
  }
}

/** Result bodies as one actor stores them. To compress is a scheduling point too: Lambda does it in another thread. */
export function openMemoryBodies(store: BodyStore, bucket: string, actor: Actor): Bodies {
  return {
    bucket,
    put(key, body) {
      const copy = Buffer.from(body);
      return port(actor, { name: 'bodies.put', key }, () => store.put(bucket, key, copy));
    },
    get: (from, key) => port(actor, { name: 'bodies.get', key }, () => store.get(from, key)),
    removeAll: (prefix) =>
      port(actor, { name: 'bodies.removeAll', key: prefix }, () => store.removeAll(bucket, prefix)),
    versions: (prefix) =>
      port(actor, { name: 'bodies.versions', key: prefix }, () => store.keysBelow(bucket, prefix)),
    async open(from, key) {
      return once(await port(actor, { name: 'bodies.open', key }, () => store.get(from, key)));
    },
    async startUpload(key) {
      const parts: Buffer[] = [];
      await port(actor, { name: 'bodies.startUpload', key }, () => store.uploads.add(`${bucket}/${key}`));
      return {
        part: (number, bytes) =>
          port(actor, { name: 'bodies.part', key }, () => {
            parts[number - 1] = Buffer.from(bytes);
          }),
        complete: () =>
          port(actor, { name: 'bodies.complete', key }, () =>
            store.completeUpload(bucket, key, Buffer.concat(parts)),
          ),
        abort: () => port(actor, { name: 'bodies.abort', key }, () => store.abortUpload(`${bucket}/${key}`)),
      };
    },
    compress: (body) => port(actor, { name: 'bodies.compress', key: '' }, () => compress(body)),
    async *compressStream(chunks) {
      const whole: Uint8Array[] = [];
      for await (const chunk of chunks) whole.push(chunk);
      yield await port(actor, { name: 'bodies.compress', key: '' }, () => compress(Buffer.concat(whole)));
    },
  };
}

async function* once(body: Buffer): AsyncGenerator<Uint8Array> {
  yield body;
}
