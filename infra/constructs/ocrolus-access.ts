import type { AccountSecrets } from './account-secrets.ts';
import type { BookTable } from './book-table.ts';
import { ENCRYPTION_ACTIONS, type EncryptionKey } from './encryption-key.ts';
import type { NodeFunction } from './node-function.ts';

/** Actions on the table, without `Scan`, whose cost grows with the number of all books. */
const TABLE_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
];

/** Actions on the key that DynamoDB requires to read and write a table with a customer managed key. */
const TABLE_KEY_ACTIONS = ENCRYPTION_ACTIONS;

/** Resources of a function that asks Ocrolus and stores the answers. */
export interface OcrolusAccess {
  /** Holds books, documents, results, the ledger and the shared rate limit. */
  readonly table: BookTable;
  /** Hold the API credentials of every account. */
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  /** Encrypts all of them. */
  readonly encryptionKey: EncryptionKey;
}

/** Allows a function to ask Ocrolus and to store the answers. */
export function allowOcrolusAccess(
  lambda: NodeFunction,
  { table, secrets, encryptionKey }: OcrolusAccess,
): void {
  lambda.allow(TABLE_ACTIONS, [table.table.tableArn]);
  lambda.allowStatement(encryptionKey.usableThrough(['dynamodb'], TABLE_KEY_ACTIONS));
  lambda.allow(
    ['secretsmanager:GetSecretValue'],
    [...secrets.values()].map(({ credentials }) => credentials.secretArn),
  );
}
