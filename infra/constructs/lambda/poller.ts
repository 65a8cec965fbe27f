import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { LOOK_CHANNEL } from '../../../shared/events/channels.ts';
import { DUE_INDEX } from '../../../shared/store/keys.ts';
import { pollerEnvironment } from '../../config/environment.ts';
import { allowOcrolusAccess, apiCredentials, type OcrolusAccess } from '../account-secrets.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import { NodeFunction } from './node-function.ts';

/** A run that cannot start is dropped, because the next run does its work. One minute is the services' minimum. */
const MAX_START_DELAY = Duration.minutes(1);

export interface PollerProps extends OcrolusAccess {
  /** Queue of every channel. Books are handed over through the one whose consumer looks at them. */
  readonly queues: ReadonlyMap<string, ChannelQueue>;
}

/** Hands due books over to the consumers, on a schedule, and finds books that no webhook has mentioned. */
export class Poller extends Construct {
  readonly lambda: LambdaFunction;
  readonly scheduleName: string;

  constructor(scope: Construct, id: string, props: PollerProps) {
    super(scope, id);
    const { settings, bodies } = props;
    const queue = props.queues.get(LOOK_CHANNEL)?.queue;
    if (queue === undefined) throw new Error(`no queue of ${LOOK_CHANNEL}`);
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
        LOOK_QUEUE_URL: queue.queueUrl,
      },
    });
    this.lambda = poller.lambda;
    bodies.emptyAfter(this.lambda);
    allowOcrolusAccess(poller, props);
    poller.allow(['dynamodb:Query'], [`${props.table.table.tableArn}/index/${DUE_INDEX}`]);
    // Reads the number of messages, because only so many books may wait.
    poller.allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]);
    // Deletes every version of a forgotten book's bodies. The poller reads and writes no body.
    for (const statement of bodies.deletable()) poller.allowStatement(statement);
    // SQS generates a data key and decrypts it again as a check; secrets are decrypted.
    poller.allowStatement(
      props.encryptionKey.usableThrough(['sqs', 'secretsmanager'], ['kms:Decrypt', 'kms:GenerateDataKey']),
    );
    // Lambda does not retry a failed run either: the next run hands over the books that are still due.
    this.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: MAX_START_DELAY });
    const schedule = new Schedule(this, 'Schedule', {
      description: 'Starts the poller',
      schedule: ScheduleExpression.rate(Duration.minutes(settings.poll.minutes)),
      // No DLQ, because a start event has no content. The alarm `poller-silent` reports missing runs.
      target: new LambdaInvoke(this.lambda, { retryAttempts: 2, maxEventAge: MAX_START_DELAY }),
    });
    this.scheduleName = schedule.scheduleName;
  }
}
