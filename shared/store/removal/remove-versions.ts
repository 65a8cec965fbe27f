import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Failure } from '../../failure.ts';

/** Prefixes of one book or one delivery; a shorter one would match everything. */
const NARROW = /^(results\/[^/]+\/|deliveries\/[^/]+)/;

/**
 * Deletes every version and delete marker of the objects whose keys begin with a prefix. A page has at most 1,000 of them,
 * and so has one DeleteObjects (AWS: ListObjectVersions, DeleteObjects).
 *
 * @returns how many were deleted.
 * @throws Failure `retry`, code `s3-delete`, when S3 kept some; Error for a prefix that is too wide.
 */
export async function removeVersions(client: S3Client, Bucket: string, Prefix: string): Promise<number> {
  if (!NARROW.test(Prefix)) throw new Error('a prefix of one book or one delivery is needed');
  let removed = 0;
  let after: Pick<ListObjectVersionsCommandOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> = {};
  for (;;) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({
        Bucket,
        Prefix,
        KeyMarker: after.NextKeyMarker,
        VersionIdMarker: after.NextVersionIdMarker,
      }),
    );
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }) =>
      Key === undefined ? [] : [{ Key, VersionId }],
    );
    if (Objects.length > 0) {
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      if (Errors.length > 0) throw new Failure('retry', 's3-delete');
      removed += Objects.length;
    }
    if (page.IsTruncated !== true) return removed;
    after = page;
  }
}
