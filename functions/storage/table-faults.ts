import type {
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import { type IndexDefinition, TABLE } from '../../shared/store/definition/table.ts';
import type { Fault } from './fault.ts';

/** What DynamoDB answers about a table. */
export interface FoundTable {
  readonly table: TableDescription;
  readonly timeToLive: { readonly status: string; readonly attribute: string | undefined };
  /** Point-in-time recovery. */
  readonly isRecoverable: boolean;
}

/** What the settings say about the table. The rest is its definition. */
export interface WantedTable {
  readonly tableName: string;
  readonly streamArn?: string | undefined;
  readonly keyArn: string;
  readonly isProtected: boolean;
}

/** Compares a table with one that the stack would create. @param found `undefined` if it does not exist. */
export function tableFaults(found: FoundTable | undefined, wanted: WantedTable): Fault[] {
  const { tableName } = wanted;
  if (found === undefined) {
    return [
      {
        problem: `there is no table ${tableName} in this account and region`,
        fix: 'aws dynamodb list-tables',
      },
    ];
  }
  const { table } = found;
  if (!hasKeys(table.KeySchema, TABLE) || !areStrings(table, TABLE)) {
    const problem = `the table ${tableName} does not have the keys ${TABLE.partitionKey} and ${TABLE.sortKey}, both strings`;
    return [{ problem, fix: 'set storage.tableName to another table' }];
  }
  if (table.TableStatus !== 'ACTIVE') {
    return [{ problem: `the table ${tableName} is ${table.TableStatus}`, fix: ready(tableName) }];
  }
  return [
    ...streamFaults(table, wanted),
    ...timeToLiveFaults(found, tableName),
    ...TABLE.indexes.flatMap((index) => indexFaults(table, index, tableName)),
    ...recoveryFaults(found, tableName),
    ...otherFaults(table, wanted),
  ];
}

/** DynamoDB changes one thing at a time, so each change ends with a wait. */
function update(tableName: string, change: string): string {
  return `aws dynamodb update-table --table-name ${tableName} ${change} && ${ready(tableName)}`;
}

function ready(tableName: string): string {
  return `aws dynamodb wait table-exists --table-name ${tableName}`;
}

function streamFaults(table: TableDescription, { tableName, streamArn }: WantedTable): Fault[] {
  const { StreamEnabled, StreamViewType } = table.StreamSpecification ?? {};
  const enable = update(
    tableName,
    `--stream-specification StreamEnabled=true,StreamViewType=${TABLE.stream}`,
  );
  if (StreamEnabled !== true) return [{ problem: 'the table has no stream', fix: enable }];
  if (StreamViewType !== TABLE.stream) {
    const problem = `the stream of the table has ${StreamViewType} instead of ${TABLE.stream}`;
    return [
      { problem, fix: `${update(tableName, '--stream-specification StreamEnabled=false')} && ${enable}` },
    ];
  }
  if (streamArn === undefined || streamArn === table.LatestStreamArn) return [];
  const problem = 'the table has another stream than storage.streamArn';
  return [{ problem, fix: `set storage.streamArn to ${table.LatestStreamArn}` }];
}

function timeToLiveFaults({ timeToLive: { status, attribute } }: FoundTable, tableName: string): Fault[] {
  const set = (isOn: boolean, name: string) =>
    `aws dynamodb update-time-to-live --table-name ${tableName} ` +
    `--time-to-live-specification Enabled=${isOn},AttributeName=${name}`;
  const enable = set(true, TABLE.timeToLive);
  const isOn = status === 'ENABLED' || status === 'ENABLING';
  if (!isOn) return [{ problem: 'the table has no time to live', fix: enable }];
  if (attribute === TABLE.timeToLive) return [];
  const problem = `the time to live of the table is in ${attribute} instead of ${TABLE.timeToLive}`;
  // AWS: UpdateTimeToLive refuses a second change within one hour.
  return [{ problem, fix: `${set(false, String(attribute))}, and an hour later ${enable}` }];
}

function indexFaults(
  { AttributeDefinitions, GlobalSecondaryIndexes = [] }: TableDescription,
  index: IndexDefinition,
  tableName: string,
) {
  const { name, partitionKey, sortKey, projection } = index;
  const found = GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === name);
  const change = (what: string, more = '') =>
    update(tableName, `${more}--global-secondary-index-updates '${what}'`);
  const keys = `[{AttributeName=${partitionKey},KeyType=HASH},{AttributeName=${sortKey},KeyType=RANGE}]`;
  const attributes = [partitionKey, sortKey].map((key) => `AttributeName=${key},AttributeType=S`).join(' ');
  const create = change(
    `Create={IndexName=${name},KeySchema=${keys},Projection={ProjectionType=${projection}}}`,
    `--attribute-definitions ${attributes} `,
  );
  if (found === undefined) return [{ problem: `the table has no index ${name}`, fix: create }];
  if (!isLike(found, index) || !areStrings({ AttributeDefinitions }, index)) {
    const problem = `the index ${name} of the table has other keys or another projection`;
    return [{ problem, fix: `${change(`Delete={IndexName=${name}}`)} && ${create}` }];
  }
  if (found.IndexStatus === 'ACTIVE') return [];
  const read = `--query 'Table.GlobalSecondaryIndexes[].IndexStatus'`;
  const fix = `wait until it is ACTIVE: aws dynamodb describe-table --table-name ${tableName} ${read}`;
  return [{ problem: `the index ${name} of the table is ${found.IndexStatus}`, fix }];
}

function isLike({ KeySchema, Projection }: GlobalSecondaryIndexDescription, index: IndexDefinition): boolean {
  return hasKeys(KeySchema, index) && Projection?.ProjectionType === index.projection;
}

interface Keys {
  readonly partitionKey: string;
  readonly sortKey: string;
}

function hasKeys(schema: readonly KeySchemaElement[] = [], { partitionKey, sortKey }: Keys): boolean {
  const keys = schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`);
  return keys.length === 2 && keys.includes(`HASH ${partitionKey}`) && keys.includes(`RANGE ${sortKey}`);
}

/** False if a key is a number or binary: every request of the functions would be refused. */
function areStrings(
  { AttributeDefinitions = [] }: Pick<TableDescription, 'AttributeDefinitions'>,
  { partitionKey, sortKey }: Keys,
): boolean {
  return [partitionKey, sortKey].every((key) =>
    AttributeDefinitions.some(
      ({ AttributeName, AttributeType }) => AttributeName === key && AttributeType === 'S',
    ),
  );
}

function recoveryFaults({ isRecoverable }: FoundTable, tableName: string): Fault[] {
  if (isRecoverable) return [];
  const fix =
    `aws dynamodb update-continuous-backups --table-name ${tableName} ` +
    '--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true';
  return [{ problem: 'the table has no point-in-time recovery', fix }];
}

function otherFaults(table: TableDescription, { tableName, keyArn, isProtected }: WantedTable): Fault[] {
  const faults: Fault[] = [];
  const add = (problem: string, change: string) => faults.push({ problem, fix: update(tableName, change) });
  if (table.SSEDescription?.KMSMasterKeyArn !== keyArn) {
    const change = `--sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=${keyArn}`;
    add('the table is not encrypted with the key of this stack or of storage.keyArn', change);
  }
  if (table.BillingModeSummary?.BillingMode !== 'PAY_PER_REQUEST') {
    add('the table has a fixed capacity', '--billing-mode PAY_PER_REQUEST');
  }
  if (isProtected && table.DeletionProtectionEnabled !== true) {
    add('the table can be deleted by accident', '--deletion-protection-enabled');
  }
  return faults;
}
