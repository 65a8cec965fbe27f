import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  type IQueue,
  Queue,
  QueueEncryption,
  QueuePolicy,
  type QueueProps,
  RedrivePermission,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Channel, MAX_RECEIVES } from '../../shared/events/channels.ts';
import type { EncryptionKey } from './encryption-key.ts';

export interface ChannelQueueProps {
  /** Part of the queues' names. */
  readonly stage: string;
  /** The channel that the queue carries. */
  readonly channel: Channel;
  /** The timeout of the Lambda that consumes it. */
  readonly consumerTimeout: Duration;
  /** Encrypts the messages. */
  readonly encryptionKey: EncryptionKey;
  /** Policy for the queues when the stack is deleted. */
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
    const name = `ocrolus-${props.stage}-${props.channel}`;
    const common = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.encryptionKey.key,
      // Fewer KMS calls during a burst; the default is 5 minutes.
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
      removalPolicy: props.removalPolicy,
    } satisfies QueueProps;
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...common,
      queueName: `${name}-dlq`,
      // SQS's maximum.
      retentionPeriod: Duration.days(14),
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [this.source(name)],
      },
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName: name,
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

  /** References the queue by name, because the two queues reference each other, which would be a cycle. */
  private source(queueName: string): IQueue {
    return Queue.fromQueueArn(
      this,
      'Source',
      Stack.of(this).formatArn({ service: 'sqs', resource: queueName }),
    );
  }
}
