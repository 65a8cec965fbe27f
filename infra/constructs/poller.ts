import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { DUE_INDEX } from '../../shared/store/keys.ts';
import { pollerEnvironment } from '../config/environment.ts';
import type { Settings } from '../config/settings.ts';
import type { BodyBucket } from './body-bucket.ts';
import type { ChannelQueue } from './channel-queue.ts';
import { type FunctionDefaults, NodeFunction } from './node-function.ts';
import { allowToObserve, type OcrolusAccess } from './ocrolus-access.ts';
import { apiCredentials, queueUrls } from './references.ts';

/** A run that did not start is not worth catching up: the next one does its work. The services' minimum. */
const WORTH_STARTING = Duration.minutes(1);

export interface PollerProps extends FunctionDefaults, OcrolusAccess {
  /** The stage's settings. */
  readonly settings: Settings;
  /** Every channel's queue: what was missed goes where the webhook would have sent it. */
  readonly queues: ReadonlyMap<string, ChannelQueue>;
  /** The poller removes bodies of forgotten books from it. */
  readonly bodies: BodyBucket;
}

/** Asks Ocrolus, on a schedule, about the books that are due, and queues what no webhook announced. */
export class Poller extends Construct {
  /** The Lambda on the schedule. */
  readonly lambda: LambdaFunction;
  /** The name of the schedule. */
  readonly scheduleName: string;

  constructor(scope: Construct, id: string, props: PollerProps) {
    super(scope, id);
    const { settings, queues, bodies } = props;
    const poller = new NodeFunction(this, 'Lambda', {
      ...props,
      name: 'poller',
      description: 'Finds what no webhook announced',
      timeout: Duration.minutes(5),
      memorySize: 512,
      environment: {
        ...pollerEnvironment(settings),
        ACCOUNTS: apiCredentials(props.secrets),
        TABLE_NAME: props.table.table.tableName,
        BUCKET_NAME: bodies.bucket.bucketName,
        QUEUE_URLS: queueUrls(queues),
      },
    });
    this.lambda = poller.lambda;
    bodies.emptyAfter(this.lambda);
    allowToObserve(poller, props);
    poller.allow(['dynamodb:Query'], [`${props.table.table.tableArn}/index/${DUE_INDEX}`]);
    // The poller does not send into a queue that is deep already.
    poller.allow(
      ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
      [...queues.values()].map((channel) => channel.queue.queueArn),
    );
    // Of forgotten books nothing may be left, earlier versions included. It reads no body, and writes none.
    poller.allowStatement(
      new PolicyStatement({
        actions: ['s3:ListBucketVersions'],
        resources: [bodies.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': ['results/*', 'deliveries/*'] } },
      }),
    );
    poller.allow(['s3:DeleteObjectVersion'], [bodies.below('results'), bodies.below('deliveries')]);
    // SQS asks for a data key, and checks that it can be read again; secrets are read.
    poller.allowStatement(
      props.encryptionKey.usableThrough(['sqs', 'secretsmanager'], ['kms:Decrypt', 'kms:GenerateDataKey']),
    );
    // A run that fails is not repeated by Lambda either: it has set new due times for what it got done.
    this.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: WORTH_STARTING });
    const schedule = new Schedule(this, 'Schedule', {
      description: 'Starts the poller',
      schedule: ScheduleExpression.rate(Duration.minutes(settings.poll.minutes)),
      // No DLQ: a missed start has no content to keep. That runs are missing is seen by their heartbeat.
      target: new LambdaInvoke(this.lambda, { retryAttempts: 2, maxEventAge: WORTH_STARTING }),
    });
    this.scheduleName = schedule.scheduleName;
  }
}
