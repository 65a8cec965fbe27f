import type { Bodies } from '../../../shared/store/result-bodies.ts';
import type { Actor } from './actors.ts';
import { compress } from './compression.ts';
import { awsError } from './faults.ts';
import { port } from './port.ts';

/** The objects of all buckets, by bucket and key. */
export class BodyStore {
  readonly #objects = new Map<string, Buffer>();
  /** Requests so far. */
  puts = 0;
  gets = 0;

  get size(): number {
    return this.#objects.size;
  }

  put(bucket: string, key: string, body: Buffer): void {
    this.puts += 1;
    this.#objects.set(`${bucket}/${key}`, body);
  }

  /** @throws NoSuchKey as S3. */
  get(bucket: string, key: string): Buffer {
    this.gets += 1;
    const body = this.#objects.get(`${bucket}/${key}`);
    if (body === undefined) throw awsError('NoSuchKey', 'The specified key does not exist.');
    return Buffer.from(body);
  }

  /** Keys with their buckets. */
  keys(): Iterable<string> {
    return this.#objects.keys();
  }

  /** @returns how many there were. */
  removeAll(bucket: string, prefix: string): number {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`));
    for (const key of keys) this.#objects.delete(key);
    return keys.length;
  }
}

/** Result bodies as one actor stores them. To compress is a scheduling point too: Lambda does it in another thread. */
export function openMemoryBodies(store: BodyStore, bucket: string, actor: Actor): Bodies {
  return {
    bucket,
    put(key, body) {
      const copy = Buffer.from(body);
      return port(actor, 'bodies.put', key, () => store.put(bucket, key, copy));
    },
    get: (from, key) => port(actor, 'bodies.get', key, () => store.get(from, key)),
    removeAll: (prefix) => port(actor, 'bodies.removeAll', prefix, () => store.removeAll(bucket, prefix)),
    compress: (body) => port(actor, 'bodies.compress', '', () => compress(body)),
  };
}
