import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { ResultItem } from '../../../shared/store/items.ts';
import type { Harness } from '../harness.ts';
import type { Partition } from './partition.ts';

/** The compressed body of a result, from the item or from S3. */
export async function readBody(
  { bodies }: Pick<Harness, 'bodies'>,
  { body, s3 }: ResultItem,
): Promise<Buffer> {
  return s3 === undefined ? Buffer.from(body ?? []) : await bodies.get(s3.bucket, s3.key);
}

/** Every stored body is what its hash says, in the item or in S3. @returns those that are not. */
export async function checkBodies(harness: Harness, partitions: Iterable<Partition>): Promise<string[]> {
  const wrong: string[] = [];
  for (const { results } of partitions) {
    for (const result of results) {
      const { bookId, item, sha256, bytes } = result;
      const received = gunzipSync(await readBody(harness, result));
      const hash = createHash('sha256').update(received).digest('hex');
      if (hash !== sha256 || received.length !== bytes) wrong.push(`${bookId} ${item} has another body`);
    }
  }
  return wrong;
}
