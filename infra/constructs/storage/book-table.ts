import { type RemovalPolicy, Tags } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type ITable,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import packageJson from 'ocrolus-webhooks/package.json' with { type: 'json' };
import { TABLE } from '../../../shared/store/definition/table.ts';
import type { EncryptionKey } from '../encryption-key.ts';

export interface BookTableProps {
  readonly encryptionKey: EncryptionKey;
  readonly removalPolicy: RemovalPolicy;
  /** Whether DynamoDB refuses every request to delete the table. */
  readonly deletionProtection: boolean;
  /** An existing table to use instead, which the stack neither changes nor deletes. Absent: one is created. */
  readonly adoptedName: string | undefined;
  /** The stream of that table. */
  readonly adoptedStreamArn: string | undefined;
}

/** Books, documents, results and the ledger of deliveries. */
export class BookTable extends Construct {
  readonly table: Pick<ITable, 'tableName' | 'tableArn'>;
  /** Absent of an adopted table whose stream the settings do not name. */
  readonly streamArn: string | undefined;
  readonly #created: Table | undefined;

  constructor(scope: Construct, id: string, props: BookTableProps) {
    super(scope, id);
    const { adoptedName, adoptedStreamArn } = props;
    if (adoptedName === undefined) {
      const table = this.create(props);
      this.table = table;
      this.#created = table;
      this.streamArn = table.tableStreamArn;
      Tags.of(table).add('ocrolus-webhooks:version', packageJson.version);
    } else {
      this.table = Table.fromTableName(this, 'Adopted', adoptedName);
      this.streamArn = adoptedStreamArn;
    }
  }

  /** Adds to the policy of the table. @throws Error for an adopted table. */
  allowInPolicy(statement: PolicyStatement): void {
    if (this.#created === undefined)
      throw new Error('the stack does not change the policy of an adopted table');
    this.#created.addToResourcePolicy(statement);
  }

  /**
   * Not `TableV2`, which synthesizes a global table: another resource type, which cannot be encrypted with this key unless the
   * stack has a region.
   */
  private create(props: BookTableProps): Table {
    const table = new Table(this, 'Table', {
      ...keysOf(TABLE),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TABLE.timeToLive,
      stream: StreamViewType[TABLE.stream],
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.encryptionKey.key,
      removalPolicy: props.removalPolicy,
      deletionProtection: props.deletionProtection,
    });
    for (const index of TABLE.indexes) {
      table.addGlobalSecondaryIndex({
        indexName: index.name,
        ...keysOf(index),
        projectionType: ProjectionType[index.projection],
      });
    }
    return table;
  }
}

function keysOf({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) {
  return {
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    sortKey: { name: sortKey, type: AttributeType.STRING },
  };
}
