import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { DUE_INDEX } from '../../../shared/store/keys.ts';
import type { AccountSecrets } from '../account-secrets.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import { ENCRYPTION_ACTIONS, type EncryptionKey } from '../encryption-key.ts';
import { allow } from '../logs.ts';
import type { BodyBucket } from '../storage/body-bucket.ts';
import type { BookTable } from '../storage/book-table.ts';

export interface OperatorAccessProps {
  /** Encrypts data that operators read. */
  readonly encryptionKey: EncryptionKey;
  readonly table: BookTable;
  readonly bodies: BodyBucket;
  readonly queues: ReadonlyMap<string, ChannelQueue>;
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  /** Parameters that name the stage's resources. */
  readonly parameters: readonly IStringParameter[];
  /** Queue of changes that could not be published. */
  readonly eventDeadLetterQueue: IQueue | undefined;
  /** Every function, for access to its log. */
  readonly functions: readonly LambdaFunction[];
  /** Functions that operators invoke. */
  readonly invoked: readonly LambdaFunction[];
  /** Mappings that operators pause and resume. */
  readonly mappings: readonly EventSourceMapping[];
}

/**
 * Permissions of the command line `ops`, in managed policies that the stack attaches to no one. `See` is for commands
 * that change nothing; the others are used together with it. A single policy would exceed IAM's limit of 6,144
 * characters.
 */
export class OperatorAccess extends Construct {
  /** By name, in lower case. */
  readonly policies: ReadonlyMap<string, ManagedPolicy>;

  constructor(scope: Construct, id: string, props: OperatorAccessProps) {
    super(scope, id);
    const { functions, mappings } = props;
    // A changed description would replace a policy, and a policy that is attached to roles cannot be deleted.
    const policy = (name: string, description: string, statements: PolicyStatement[]) =>
      [name.toLowerCase(), new ManagedPolicy(this, name, { description, statements })] as const;
    this.policies = new Map([
      policy(
        'See',
        'ops: the commands that look into this stage of the Ocrolus webhooks',
        seeStatements(props),
      ),
      policy('Logs', 'ops: logs, tail and delivery, on top of the policy to see', [
        allow(
          ['logs:FilterLogEvents'],
          functions.map(({ logGroup }) => logGroup.logGroupArn),
        ),
      ]),
      policy(
        'Act',
        'ops: the commands that change something, on top of the policy to see',
        actStatements(props),
      ),
      policy('Pause', 'ops: pause and resume, on top of the policy to see', [
        allow(
          ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
          mappings.map(({ eventSourceMappingArn }) => eventSourceMappingArn),
        ),
      ]),
      policy('Send', 'ops: send, on top of the policy to see', sendStatements(props)),
    ]);
  }
}

function seeStatements({
  encryptionKey,
  table,
  bodies,
  queues,
  eventDeadLetterQueue,
  parameters,
}: OperatorAccessProps): PolicyStatement[] {
  const { tableArn } = table.table;
  const channels = [...queues.values()];
  return [
    // Every command first reads the stack's outputs.
    allow(['cloudformation:DescribeStacks', 'cloudformation:DescribeStackResource'], [Aws.STACK_ID]),
    allow(
      ['ssm:GetParameter'],
      parameters.map(({ parameterArn }) => parameterArn),
    ),
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
      [...channels.map(({ queue }) => queue), ...(eventDeadLetterQueue ? [eventDeadLetterQueue] : [])].map(
        ({ queueArn }) => queueArn,
      ),
    ),
    // Receiving is the only way to read a dead letter. The message stays in the queue and becomes visible again.
    allow(
      ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'],
      channels.map(({ deadLetterQueue }) => deadLetterQueue.queueArn),
    ),
    // Neither action supports single resources: composite alarms are shown only with `*`.
    allow(['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'], ['*']),
    encryptionKey.usableThrough(['dynamodb', 's3', 'sqs'], ['kms:Decrypt']),
  ];
}

function actStatements(props: OperatorAccessProps): PolicyStatement[] {
  const { encryptionKey, table, bodies, queues, invoked } = props;
  const channels = [...queues.values()];
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
    ...bodies.deletable(),
    encryptionKey.usableThrough(['dynamodb'], ENCRYPTION_ACTIONS),
    encryptionKey.usableThrough(['s3', 'sqs'], ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

/** Needs a separate policy, because a principal that can sign deliveries can forge any delivery. */
function sendStatements({ encryptionKey, secrets }: OperatorAccessProps): PolicyStatement[] {
  return [
    allow(
      ['secretsmanager:GetSecretValue'],
      [...secrets.values()].map(({ webhook }) => webhook.secretArn),
    ),
    encryptionKey.usableThrough(['secretsmanager'], ['kms:Decrypt']),
  ];
}
