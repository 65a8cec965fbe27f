import type { AccountSecrets } from './account-secrets.ts';
import type { BookTable } from './book-table.ts';
import { ENCRYPTION_ACTIONS, type EncryptionKey } from './encryption-key.ts';
import type { NodeFunction } from './node-function.ts';

/** Never `Scan`: its cost follows the number of all books. */
const TABLE_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
];

/** What DynamoDB asks of a principal that reads and writes a table with a customer managed key. */
const TABLE_KEY_ACTIONS = ENCRYPTION_ACTIONS;

/** What a function needs that asks Ocrolus and writes down what it was told. */
export interface OcrolusAccess {
  /** Books, documents, results, ledger and the shared rate limit. */
  readonly table: BookTable;
  /** The API credentials of every account. */
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  /** The key of all of them. */
  readonly encryptionKey: EncryptionKey;
}

/** Lets a function ask Ocrolus, and write down what it was told. */
export function allowToObserve(lambda: NodeFunction, { table, secrets, encryptionKey }: OcrolusAccess): void {
  lambda.allow(TABLE_ACTIONS, [table.table.tableArn]);
  lambda.allowStatement(encryptionKey.usableThrough(['dynamodb'], TABLE_KEY_ACTIONS));
  lambda.allow(
    ['secretsmanager:GetSecretValue'],
    [...secrets.values()].map(({ credentials }) => credentials.secretArn),
  );
}
