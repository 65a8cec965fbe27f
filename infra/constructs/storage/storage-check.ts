import { hash } from 'node:crypto';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DATA_VERSION } from '../../../shared/store/definition/data-version.ts';
import type { BodyRetention } from '../../../shared/store/definition/lifecycle.ts';
import { TABLE } from '../../../shared/store/definition/table.ts';
import { commonEnvironment } from '../../config/environment.ts';
import { type FunctionDefaults, NodeFunction } from '../lambda/node-function.ts';
import type { BodyBucket } from './body-bucket.ts';
import type { BookTable } from './book-table.ts';

export interface StorageCheckProps extends FunctionDefaults {
  readonly table: BookTable;
  readonly bodies: BodyBucket;
  readonly retention: BodyRetention;
  /** Whether DynamoDB must refuse every request to delete the table. */
  readonly deletionProtection: boolean;
}

/**
 * Fails the deployment if later functions have changed the data, or if an adopted table or bucket differs from one that the
 * stack would create.
 */
export class StorageCheck extends Construct {
  readonly lambda: LambdaFunction;
  /** What uses the table or the bucket depends on these. */
  readonly resources: readonly CustomResource[];

  constructor(scope: Construct, id: string, props: StorageCheckProps) {
    super(scope, id);
    const { settings, retention } = props;
    const { tableName, bucketName, streamArn, keyArn } = settings.storage;
    const check = new NodeFunction(this, 'Lambda', {
      ...props,
      name: 'storage',
      description: 'Checks the version of the data, and what the stage adopts',
      timeout: Duration.minutes(1),
      memorySize: 256,
      environment: { ...commonEnvironment(settings), DATA_TABLE: props.table.table.tableName },
    });
    this.lambda = check.lambda;
    check.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [props.table.table.tableArn]);
    check.allowStatement(props.encryptionKey.usableThrough(['dynamodb'], ['kms:Decrypt']));
    const dataVersion = this.resourceFor('Data', 'Custom::DataVersion', {
      dataVersion: String(DATA_VERSION),
      table: props.table.table.tableName,
    });
    if (tableName === undefined && bucketName === undefined) {
      this.resources = [dataVersion];
      return;
    }
    if (tableName !== undefined) {
      check.allow(
        ['dynamodb:DescribeTable', 'dynamodb:DescribeTimeToLive', 'dynamodb:DescribeContinuousBackups'],
        [props.table.table.tableArn],
      );
    }
    if (bucketName !== undefined) {
      check.allow(
        [
          's3:GetBucketVersioning',
          's3:GetEncryptionConfiguration',
          's3:GetBucketPublicAccessBlock',
          's3:GetLifecycleConfiguration',
        ],
        [props.bodies.bucket.bucketArn],
      );
    }
    const properties = {
      ...(tableName !== undefined && { tableName }),
      ...(bucketName !== undefined && { bucketName }),
      ...(streamArn !== undefined && { streamArn }),
      keyArn: keyArn ?? props.encryptionKey.key.keyArn,
      isProtected: String(props.deletionProtection),
      deliveryDays: String(retention.deliveries),
      ...(retention.results !== undefined && { resultDays: String(retention.results) }),
      // The function does not read it; a change makes CloudFormation check again.
      definition: JSON.stringify(TABLE),
    };
    this.resources = [dataVersion, this.resourceFor('Check', 'Custom::AdoptedStorage', properties)];
  }

  /**
   * Another resource for each set of properties. An update that fails would be rolled back by a check of the former table, which
   * may be the one that is lost, and by the former function, which may refuse the data.
   */
  private resourceFor(
    name: string,
    resourceType: string,
    properties: Record<string, string>,
  ): CustomResource {
    const text = JSON.stringify(Stack.of(this).resolve(properties));
    return new CustomResource(this, `${name}-${hash('sha256', text).slice(0, 8)}`, {
      ...{ resourceType, properties },
      serviceToken: this.lambda.functionArn,
      serviceTimeout: Duration.minutes(5),
    });
  }
}
