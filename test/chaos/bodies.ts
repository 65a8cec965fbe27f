import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Partition } from './snapshot.ts';
import type { World } from './world.ts';

/** Every stored body is what its hash says, in the item or in S3. @returns those that are not. */
export async function checkBodies({ bodies }: World, partitions: Iterable<Partition>): Promise<string[]> {
  const wrong: string[] = [];
  for (const { results } of partitions) {
    for (const { bookId, item, body, s3, sha256, bytes } of results) {
      const compressed = s3 === undefined ? Buffer.from(body ?? []) : await bodies.get(s3.bucket, s3.key);
      const received = gunzipSync(compressed);
      const hash = createHash('sha256').update(received).digest('hex');
      if (hash !== sha256 || received.length !== bytes) wrong.push(`${bookId} ${item} has another body`);
    }
  }
  return wrong;
}
