import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Queue, QueueEncryption, QueuePolicy, type QueueProps, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Channel, MAX_RECEIVES } from '../../shared/events/channels.ts';
import type { EncryptionKey } from './encryption-key.ts';

/**
 * Channels of version 0.2, whose queues have fixed names for good: another name would be another queue. The queues of a
 * later channel get generated names. They stay when an earlier version is deployed, and would be in the way of the
 * upgrade that follows.
 */
const NAMED: readonly Channel[] = [
  'book-verified',
  'doc-verified',
  'image-group-verified',
  'analytics-completed',
  'middesk-verified',
  'suspicious-activity',
  'detect-signal-found',
  'detect-signal-not-found',
  'detect-unable-to-process',
  'book-results',
  'lifecycle',
  'unrecognized',
];

/** SQS's maximum. */
export const LONGEST_RETENTION = Duration.days(14);

/** What every queue of a stage has. */
export function encryptedWith({ key }: EncryptionKey) {
  return {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    // Fewer KMS calls during a burst; the default is 5 minutes.
    dataKeyReuse: Duration.hours(1),
    enforceSSL: true,
  } satisfies QueueProps;
}

export interface ChannelQueueProps {
  /** Part of the queues' names. */
  readonly stage: string;
  readonly channel: Channel;
  /** The timeout of the Lambda that consumes it. */
  readonly consumerTimeout: Duration;
  readonly encryptionKey: EncryptionKey;
  readonly removalPolicy: RemovalPolicy;
}

/** A channel's queue and its dead-letter queue. */
export class ChannelQueue extends Construct {
  /** Holds deliveries to be processed. */
  readonly queue: Queue;
  /** Holds messages that could not be processed, until an operator reads and redrives them. */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: ChannelQueueProps) {
    super(scope, id);
    const name = NAMED.includes(props.channel) ? `ocrolus-${props.stage}-${props.channel}` : undefined;
    const common = { ...encryptedWith(props.encryptionKey), removalPolicy: props.removalPolicy };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...common,
      ...(name !== undefined && this.namedDeadLetters(name)),
      retentionPeriod: LONGEST_RETENTION,
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      ...(name !== undefined && { queueName: name }),
      // AWS recommends six times the function's timeout, so that a batch that Lambda retries is not delivered twice.
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeout.toSeconds()),
      // A message keeps its age when it moves to the DLQ, so the DLQ needs a longer retention period than the queue.
      retentionPeriod: Duration.days(7),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
    });
    // A queue that outlives the stack must still refuse plain HTTP, and CDK gives its policy no removal policy.
    for (const { node } of [this.deadLetterQueue, this.queue]) {
      const policy = node.tryFindChild('Policy');
      if (policy instanceof QueuePolicy) policy.applyRemovalPolicy(props.removalPolicy);
    }
  }

  /** Allows the queue only, by its name: a reference would be a cycle, because each of the two queues names the other. */
  private namedDeadLetters(queueName: string): QueueProps {
    const arn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    return {
      queueName: `${queueName}-dlq`,
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [Queue.fromQueueArn(this, 'Source', arn)],
      },
    };
  }
}
