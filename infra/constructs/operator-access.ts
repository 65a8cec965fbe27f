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
 * What the command line `ops` needs, in managed policies that are attached to nobody: `see` for the commands that change nothing,
 * and others on top of it. One would be longer than IAM allows (6,144 characters).
 */
export class OperatorAccess extends Construct {
  /** By what they are for. */
  readonly policies: ReadonlyMap<string, ManagedPolicy>;

  constructor(scope: Construct, id: string, props: OperatorAccessProps) {
    super(scope, id);
    const { functions, mappings } = props;
    const policy = (name: string, description: string, statements: PolicyStatement[]) =>
      [name.toLowerCase(), new ManagedPolicy(this, name, { description, statements })] as const;
    this.policies = new Map([
      policy('See', 'ops: the commands that look into this stage of the Ocrolus webhooks', seeing(props)),
      policy('Logs', 'ops: logs, tail and delivery, on top of the policy to see', [
        allow(
          ['logs:FilterLogEvents'],
          functions.map(({ logGroup }) => logGroup.logGroupArn),
        ),
      ]),
      policy('Act', 'ops: the commands that change something, on top of the policy to see', acting(props)),
      policy('Pause', 'ops: pause and resume, on top of the policy to see', [
        allow(
          ['lambda:UpdateEventSourceMapping'],
          mappings.map(({ eventSourceMappingArn }) => eventSourceMappingArn),
        ),
      ]),
      policy('Send', 'ops: send, on top of the policy to see', sending(props)),
    ]);
  }
}

function seeing({ encryptionKey, table, bodies, queues }: OperatorAccessProps): PolicyStatement[] {
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
    // Metrics have no resources; composite alarms are shown only to who may see all alarms.
    allow(['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'], ['*']),
    encryptionKey.usableThrough(['dynamodb', 's3', 'sqs'], ['kms:Decrypt']),
  ];
}

function acting(props: OperatorAccessProps): PolicyStatement[] {
  const { encryptionKey, table, bodies, queues, invoked } = props;
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
