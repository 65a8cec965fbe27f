import {
  type DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect, it, test } from 'vitest';
import { openBodies, removeVersions } from '../../../../shared/store/bodies/result-bodies.ts';
import { bodiesOf } from '../../../../shared/store/keys.ts';

type Page = Partial<ListObjectVersionsCommandOutput>;

/** An S3 that lists some pages, and deletes what it is asked to. */
function scriptedS3(pages: readonly Page[], errors: DeleteObjectsCommandOutput['Errors'] = []) {
  const client = new S3Client({ region: 'us-east-1' });
  const listed: ListObjectVersionsCommand['input'][] = [];
  const deleted: string[] = [];
  const send = async (command: ListObjectVersionsCommand | DeleteObjectsCommand) => {
    if (command instanceof ListObjectVersionsCommand) {
      listed.push(command.input);
      return pages[listed.length - 1];
    }
    const { Objects = [] } = command.input.Delete ?? {};
    deleted.push(...Objects.map(({ Key, VersionId }) => `${Key} ${VersionId}`));
    return { Errors: errors };
  };
  Object.assign(client, { send });
  return { client, listed, deleted };
}

const PREFIX = 'results/b/';

it('every version and every delete marker is removed, page by page', async () => {
  const s3 = scriptedS3([
    {
      Versions: [
        { Key: 'results/b/x', VersionId: '2' },
        { Key: 'results/b/x', VersionId: '1' },
      ],
      DeleteMarkers: [{ Key: 'results/b/y', VersionId: '3' }],
      IsTruncated: true,
      NextKeyMarker: 'results/b/y',
      NextVersionIdMarker: '3',
    },
    { Versions: [{ Key: 'results/b/z', VersionId: 'null' }], IsTruncated: true },
    // Nothing that could be deleted.
    { DeleteMarkers: [{ VersionId: '4' }] },
  ]);
  expect(await removeVersions(s3.client, 'bucket', PREFIX)).toBe(4);
  expect(s3.deleted).toEqual(['results/b/x 2', 'results/b/x 1', 'results/b/y 3', 'results/b/z null']);
  expect(s3.listed).toMatchObject([
    { Prefix: PREFIX },
    { KeyMarker: 'results/b/y', VersionIdMarker: '3' },
    {},
  ]);
});

it('what S3 keeps is a failure', async () => {
  const s3 = scriptedS3(
    [{ Versions: [{ Key: 'results/b/x', VersionId: '1' }] }],
    [{ Code: 'InternalError' }],
  );
  await expect(removeVersions(s3.client, 'bucket', PREFIX)).rejects.toMatchObject({ code: 's3-delete' });
});

test.each(['', 'results/', 'results//', 'results/b', 'deliveries/', 'other/b/'])(
  'the prefix %j is too wide',
  async (prefix) => {
    const s3 = scriptedS3([{}]);
    await expect(removeVersions(s3.client, 'bucket', prefix)).rejects.toThrow('a prefix of one book');
    expect(s3.listed).toEqual([]);
  },
);

it.each([bodiesOf('b'), 'deliveries/a'])(
  'the bodies of a bucket are listed, and removed, below %s',
  async (prefix) => {
    const page = { Versions: [{ Key: `${prefix}x`, VersionId: '1' }] };
    const s3 = scriptedS3([page, page]);
    const bodies = openBodies('bodies', s3.client);
    expect(await bodies.versions(prefix)).toEqual([`${prefix}x 1`]);
    expect(s3.deleted).toEqual([]);
    expect(await bodies.removeAll(prefix)).toBe(1);
    expect(s3.deleted).toEqual([`${prefix}x 1`]);
    expect(s3.listed).toMatchObject([{ Bucket: 'bodies', Prefix: prefix }, {}]);
  },
);
