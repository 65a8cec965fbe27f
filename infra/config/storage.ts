import * as z from 'zod';
import { matching } from './values.ts';

/** The longest name of a bucket has 63 characters (AWS: "General purpose bucket naming rules"). */
export const BucketName = matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket');

export const KeyArn = matching(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  'must be the ARN of a key such as arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012',
);

/** A table and a bucket that exist already, in the same account and region. */
export const Storage = z.strictObject({
  tableName: matching(/^[\w.-]{3,255}$/, 'must be the name of a table')
    .optional()
    .meta({
      description:
        'The table to use. The deployment fails if it differs from a table that the stack would create, and says how to ' +
        'change it. Absent: the stack creates one. The stack never deletes this table',
      cost: 'none',
    }),
  bucketName: BucketName.optional().meta({
    description: 'The bucket for large bodies, likewise. `security.bucketAccessLogs` does not apply to it',
    cost: 'none',
  }),
  streamArn: matching(
    /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}\/stream\/[\w:.-]+$/,
    'must be the ARN of a stream such as arn:aws:dynamodb:us-east-1:123456789012:table/books/stream/2026-03-01T12:00:00.000',
  )
    .optional()
    .meta({
      description:
        'The stream of `storage.tableName`, with new and old images, whose changes are published (`events.enabled`): the ' +
        'deployment fails if the table has another one. Absent: the stack does not read it, and any such stream will do',
      cost: 'none',
    }),
  keyArn: KeyArn.optional().meta({
    description:
      'The key that encrypts this table and this bucket, if it is not the key of the stack. Its policy must let the account ' +
      'grant its use, as the policies of new keys do',
    cost: 'each key has a monthly price',
  }),
});

export type Storage = z.output<typeof Storage>;

/** Refuses a stream or a key of nothing that is adopted. */
export function checkStorage(
  { storage }: { readonly storage: Storage },
  context: z.core.$RefinementCtx,
): void {
  const fault = (name: keyof Storage, message: string) =>
    context.addIssue({ code: 'custom', path: ['storage', name], message });
  const { tableName, bucketName, streamArn, keyArn } = storage ?? {};
  if (typeof streamArn === 'string' && streamArn.split('/')[1] !== tableName) {
    fault('streamArn', 'must be a stream of storage.tableName');
  }
  if (keyArn !== undefined && tableName === undefined && bucketName === undefined) {
    fault(
      'keyArn',
      'must be absent without storage.tableName and storage.bucketName: it encrypts only these',
    );
  }
}
