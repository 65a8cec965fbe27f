import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DUE_INDEX } from '../../shared/store/keys.ts';
import type { AccountSecrets } from './account-secrets.ts';
import type { BodyBucket } from './body-bucket.ts';
import type { BookTable } from './book-table.ts';
import type { ChannelQueue } from './channel-queue.ts';
import { ENCRYPTION_ACTIONS, type EncryptionKey } from './encryption-key.ts';

export interface OperatorAccessProps {
  /** Encrypts what operators look at. */
  readonly encryptionKey: EncryptionKey;
  readonly table: BookTable;
  readonly bodies: BodyBucket;
  /** By channel. */
  readonly queues: ReadonlyMap<string, ChannelQueue>;
  /** By account. */
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  /** Every function, for its log. */
  readonly functions: readonly LambdaFunction[];
  /** Those that operators invoke. */
  readonly invoked: readonly LambdaFunction[];
  /** Those that operators pause and resume. */
  readonly mappings: readonly EventSourceMapping[];
}

/**
 * What the command line `ops` needs, in managed policies that are attached to nobody: `see` for those commands that change
 * nothing; on top of it `act`, and `send` for the command of that name. One would be longer than IAM allows (6,144 characters).
 */
export class OperatorAccess extends Construct {
  readonly see: ManagedPolicy;
  readonly act: ManagedPolicy;
  readonly send: ManagedPolicy;

  constructor(scope: Construct, id: string, props: OperatorAccessProps) {
    super(scope, id);
    this.see = new ManagedPolicy(this, 'See', {
      description: 'What the commands of ops need that look into this stage of the Ocrolus webhooks',
      statements: seeing(props),
    });
    this.act = new ManagedPolicy(this, 'Act', {
      description: 'What the commands of ops need, besides, that change something in this stage',
      statements: acting(props),
    });
    this.send = new ManagedPolicy(this, 'Send', {
      description: 'What ops send needs, besides, to sign deliveries for this stage',
      statements: sending(props),
    });
  }
}

function seeing({ encryptionKey, table, bodies, queues, functions }: OperatorAccessProps): PolicyStatement[] {
  const { tableArn } = table.table;
  const channels = [...queues.values()];
  return [
    // Every command begins with the stack's outputs.
    allow(['cloudformation:DescribeStacks'], [Aws.STACK_ID]),
    allow(
      [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:Scan',
        'dynamodb:DescribeTable',
      ],
      [tableArn],
    ),
    allow(['dynamodb:Query'], [`${tableArn}/index/${DUE_INDEX}`]),
    allow(['s3:GetObject'], [bodies.below('results')]),
    allow(
      ['sqs:GetQueueAttributes'],
      channels.map(({ queue }) => queue.queueArn),
    ),
    // A dead letter is read by receiving it; it stays, and is visible again afterwards.
    allow(
      ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'],
      channels.map(({ deadLetterQueue }) => deadLetterQueue.queueArn),
    ),
    allow(
      ['logs:FilterLogEvents'],
      functions.map(({ logGroup }) => logGroup.logGroupArn),
    ),
    // Metrics have no resources; composite alarms are shown only to who may see all alarms.
    allow(['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'], ['*']),
    encryptionKey.usableThrough(['dynamodb', 's3', 'sqs'], ['kms:Decrypt']),
  ];
}

function acting(props: OperatorAccessProps): PolicyStatement[] {
  const { encryptionKey, table, bodies, queues, invoked, mappings } = props;
  const channels = [...queues.values()];
  const forgotten = new PolicyStatement({
    actions: ['s3:ListBucketVersions'],
    resources: [bodies.bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': ['results/*', 'deliveries/*'] } },
  });
  return [
    allow(
      ['lambda:InvokeFunction'],
      invoked.map(({ functionArn }) => functionArn),
    ),
    allow(
      ['lambda:UpdateEventSourceMapping'],
      mappings.map(({ eventSourceMappingArn }) => eventSourceMappingArn),
    ),
    // redrive, replay, dlq discard.
    allow(
      ['sqs:SendMessage'],
      channels.map(({ queue }) => queue.queueArn),
    ),
    allow(
      ['sqs:DeleteMessage'],
      channels.map(({ deadLetterQueue }) => deadLetterQueue.queueArn),
    ),
    allow(['s3:GetObject'], [bodies.below('deliveries')]),
    // forget.
    allow(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], [table.table.tableArn]),
    forgotten,
    allow(['s3:DeleteObjectVersion'], [bodies.below('results'), bodies.below('deliveries')]),
    encryptionKey.usableThrough(['dynamodb'], ENCRYPTION_ACTIONS),
    encryptionKey.usableThrough(['s3', 'sqs'], ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

/** Who may sign deliveries can make any up, so this is apart. */
function sending({ encryptionKey, secrets }: OperatorAccessProps): PolicyStatement[] {
  return [
    allow(
      ['secretsmanager:GetSecretValue'],
      [...secrets.values()].map(({ webhook }) => webhook.secretArn),
    ),
    encryptionKey.usableThrough(['secretsmanager'], ['kms:Decrypt']),
  ];
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
