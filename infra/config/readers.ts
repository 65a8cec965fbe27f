import * as z from 'zod';
import type { Security } from './security.ts';
import type { Storage } from './storage.ts';
import { matching } from './values.ts';

/** An account, or a role or user. */
const Reader = matching(
  /^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+)$/,
  'must be an account of 12 digits, or the ARN of a role or user such as arn:aws:iam::123456789012:role/lending',
);

export const Readers = z
  .array(Reader)
  .max(20, 'must name at most 20 readers')
  .default([])
  .meta({
    description:
      'Accounts, or roles and users by ARN, that may read books, documents and results, also in other accounts ' +
      '([readers.md](readers.md#from-another-account)). A role must exist when the stack is deployed',
    cost: 'none',
  });

/** Refuses readers of a table, a bucket or a key that exists already, since the stack changes nothing of these. */
export function checkReaders(
  {
    readers,
    storage,
    security,
  }: { readonly readers: readonly string[]; readonly storage: Storage; readonly security: Security },
  context: z.core.$RefinementCtx,
): void {
  const existing = [storage?.tableName, storage?.bucketName, security?.keyArn];
  if (existing.every((one) => one === undefined) || !Array.isArray(readers) || readers.length === 0) return;
  const message =
    'must be empty with storage and security.keyArn, whose policies are yours: docs/readers.md#from-another-account says what they need';
  context.addIssue({ code: 'custom', path: ['readers'], message });
}
