import { gzipSync } from 'node:zlib';
import type { Bodies } from '../../../shared/store/result-bodies.ts';

/** A bucket in memory. */
export interface MemoryBodies extends Bodies {
  readonly objects: Map<string, Buffer>;
}

export function memoryBodies(): MemoryBodies {
  const objects = new Map<string, Buffer>();
  const bucket = 'results-of-a-test';
  return {
    bucket,
    objects,
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
    compress: async (body) => gzipSync(body),
  };
}
