import type { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { DUE_INDEX } from '../../shared/store/keys.ts';
import type { EncryptionKey } from './encryption-key.ts';

export interface BookTableProps {
  /** Encrypts the table. */
  readonly encryptionKey: EncryptionKey;
  /** Policy for the table when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Whether DynamoDB refuses every request to delete the table. */
  readonly deletionProtection: boolean;
}

/** Books, documents, results and the ledger of deliveries. */
export class BookTable extends Construct {
  /**
   * The table. Not `TableV2`, which synthesizes a global table: another resource type, which cannot be encrypted with this
   * key unless the stack has a region.
   */
  readonly table: Table;

  constructor(scope: Construct, id: string, props: BookTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'bookId', type: AttributeType.STRING },
      sortKey: { name: 'item', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.encryptionKey.key,
      removalPolicy: props.removalPolicy,
      deletionProtection: props.deletionProtection,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: DUE_INDEX,
      partitionKey: { name: 'dueShard', type: AttributeType.STRING },
      sortKey: { name: 'dueAt', type: AttributeType.STRING },
      // Keys suffice: the poller reads the item itself, because the index lags.
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}
