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
  /** Part of the queues' names, by which operators know them. */
  readonly stage: string;
  /** The channel that the queue carries. */
  readonly channel: Channel;
  /** The timeout of the Lambda that consumes it. */
  readonly consumerTimeout: Duration;
  /** Encrypts the messages. */
  readonly encryptionKey: EncryptionKey;
  /** What becomes of the queues with the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** A channel's queue and its dead-letter queue. */
export class ChannelQueue extends Construct {
  /** Carries what happened. */
  readonly queue: Queue;
  /** Keeps what could not be processed, for an operator to look at and to redrive. */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: ChannelQueueProps) {
    super(scope, id);
    const name = `ocrolus-${props.stage}-${props.channel}`;
    const common = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.encryptionKey.key,
      // Fewer KMS calls at a burst; the default is 5 minutes.
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
      // AWS: six times the function's timeout, so that a batch which Lambda retries is not handed out twice.
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeout.toSeconds()),
      // A message keeps its age when it moves to the DLQ, so the DLQ must keep it longer than the queue does.
      retentionPeriod: Duration.days(7),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
    });
    // A queue that is kept must go on refusing plain HTTP. The policy has no removal policy of its own.
    for (const { node } of [this.deadLetterQueue, this.queue]) {
      const policy = node.tryFindChild('Policy');
      if (policy instanceof QueuePolicy) policy.applyRemovalPolicy(props.removalPolicy);
    }
  }

  /** The queue by its name: each of the two queues names the other, and one of them must come first. */
  private source(queueName: string): IQueue {
    return Queue.fromQueueArn(
      this,
      'Source',
      Stack.of(this).formatArn({ service: 'sqs', resource: queueName }),
    );
  }
}
