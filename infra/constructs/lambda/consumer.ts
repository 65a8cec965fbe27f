import { Duration } from 'aws-cdk-lib';
import {
  type EventSourceMapping,
  type Function as LambdaFunction,
  RecursiveLoop,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Channel } from '../../../shared/events/channels.ts';
import { consumerEnvironment } from '../../config/environment.ts';
import { allowOcrolusAccess, apiCredentials, type OcrolusAccess } from '../account-secrets.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import { NodeFunction } from './node-function.ts';

/** Maximum time for one batch. */
export const CONSUMER_TIMEOUT = Duration.seconds(60);

/** A larger batch needs a batching window, during which a message waits for others. */
const BATCH_SIZE = 10;

export interface ConsumerProps extends OcrolusAccess {
  /** Channel to consume; the Lambda has the same name. */
  readonly channel: Channel;
  readonly queue: ChannelQueue;
}

/** Consumes one channel: asks Ocrolus for the announced results, and stores the answers. */
export class Consumer extends Construct {
  readonly lambda: LambdaFunction;
  /** Delivers messages from the queue to the Lambda. Disabling it pauses the channel. */
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id);
    const { channel, settings } = props;
    const { queue } = props.queue;
    const consumer = new NodeFunction(this, 'Lambda', {
      ...props,
      name: channel,
      description: `Consumes the channel ${channel}`,
      timeout: CONSUMER_TIMEOUT,
      memorySize: 512,
      environment: {
        ...consumerEnvironment(settings),
        CHANNEL: channel,
        ACCOUNTS: apiCredentials(props.secrets),
        TABLE_NAME: props.table.table.tableName,
        BUCKET_NAME: props.bodies.bucket.bucketName,
        QUEUE_URL: queue.queueUrl,
      },
      // A look without time for everything is sent again. Lambda treats that as a loop, which it stops by default
      // after about 16 rounds: the message would become a dead letter.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    this.lambda = consumer.lambda;
    props.bodies.emptyAfter(this.lambda);
    allowOcrolusAccess(consumer, props);
    consumer.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      [queue.queueArn],
    );
    // A look is sent again, to its own queue only.
    consumer.allow(['sqs:SendMessage'], [queue.queueArn]);
    consumer.allow(['s3:GetObject'], [props.bodies.below('deliveries'), props.bodies.below('results')]);
    // A large result is uploaded in parts; the upload of a result that is not stored is aborted.
    consumer.allow(['s3:PutObject', 's3:AbortMultipartUpload'], [props.bodies.below('results')]);
    // Secrets, messages and objects are decrypted; a new message or object needs a new data key.
    consumer.allowStatement(props.encryptionKey.usableThrough(['secretsmanager'], ['kms:Decrypt']));
    consumer.allowStatement(
      props.encryptionKey.usableThrough(['sqs', 's3'], ['kms:Decrypt', 'kms:GenerateDataKey']),
    );
    this.mapping = this.lambda.addEventSourceMapping('Queue', {
      eventSourceArn: queue.queueArn,
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      // Not reserved concurrency: a throttled poll would count as a receive, and messages would reach the DLQ without having
      // been processed.
      maxConcurrency: settings.consumerMaximumConcurrency,
    });
  }
}
