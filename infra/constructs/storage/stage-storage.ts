import { RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { BodyRetention } from '../../../shared/store/definition/lifecycle.ts';
import type { Settings } from '../../config/settings.ts';
import { EncryptionKey } from '../encryption-key.ts';
import type { LogProps } from '../logs.ts';
import { BodyBucket } from './body-bucket.ts';
import { BookTable } from './book-table.ts';

/** DynamoDB removes an item within about two days after it expires (AWS: DynamoDB TTL), and S3 counts whole days. */
const TTL_DAYS = 3;

/** What holds the data of a stage, and how it is kept. */
export interface StageStorage extends LogProps {
  readonly table: BookTable;
  readonly bodies: BodyBucket;
  readonly retention: BodyRetention;
}

/** Creates key, table and bucket, or adopts a table and a bucket that exist already. */
export function createStorage(scope: Construct, settings: Settings): StageStorage {
  const { stage, storage, security, ledgerDays } = settings;
  const isRetained = settings.removalPolicy === 'retain';
  const removalPolicy = isRetained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  const encryptionKey = new EncryptionKey(scope, 'EncryptionKey', {
    ...{ stage, removalPolicy },
    existingArn: security.keyArn,
    adoptedKeyArn: storage.keyArn,
  });
  const logged = { encryptionKey, removalPolicy, logRetention: settings.logRetentionDays };
  const table = new BookTable(scope, 'Books', {
    ...{ encryptionKey, removalPolicy },
    deletionProtection: isRetained,
    adoptedName: storage.tableName,
    adoptedStreamArn: storage.streamArn,
  });
  const { results, payloads = ledgerDays } = settings.retention;
  const retention = {
    deliveries: payloads,
    results: results === undefined ? undefined : results + TTL_DAYS,
  };
  const bodies = new BodyBucket(scope, 'Bodies', {
    ...{ ...logged, retention },
    accessLogs: security.bucketAccessLogs,
    adoptedName: storage.bucketName,
  });
  return { ...logged, table, bodies, retention };
}
