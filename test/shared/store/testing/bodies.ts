import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type Bodies, gzipStream } from '../../../../shared/store/bodies/result-bodies.ts';

/** A bucket in memory. */
export interface MemoryBodies extends Bodies {
  readonly objects: Map<string, Buffer>;
  /** Keys of the uploads that are neither complete nor aborted. */
  readonly uploads: Set<string>;
}

export function memoryBodies(): MemoryBodies {
  const objects = new Map<string, Buffer>();
  const uploads = new Set<string>();
  const bucket = 'results-of-a-test';
  return {
    bucket,
    objects,
    uploads,
    async put(key, body) {
      objects.set(key, body);
    },
    async get(from, key) {
      const body = objects.get(key);
      if (from !== bucket || body === undefined) throw new Error(`no object ${from}/${key}`);
      return body;
    },
    async removeAll(prefix) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
      for (const key of keys) objects.delete(key);
      return keys.length;
    },
    versions: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)),
    async open(from, key) {
      return Readable.from([await this.get(from, key)]);
    },
    async startUpload(key) {
      const parts = new Map<number, Buffer>();
      uploads.add(key);
      return {
        async part(number, bytes) {
          parts.set(number, Buffer.from(bytes));
        },
        async complete() {
          const numbers = [...parts.keys()].sort((a, b) => a - b);
          objects.set(key, Buffer.concat(numbers.flatMap((number) => parts.get(number) ?? [])));
          uploads.delete(key);
        },
        async abort() {
          uploads.delete(key);
        },
      };
    },
    compress: async (body) => gzipSync(body),
    compressStream: gzipStream,
  };
}
