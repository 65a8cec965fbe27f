import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import {
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { BOOK_ITEM, RESULT_PREFIX } from '../../../shared/store/keys.ts';
import { commonEnvironment } from '../../config/environment.ts';
import { encryptedWith, LONGEST_RETENTION } from '../channel-queue.ts';
import type { LogProps } from '../logs.ts';
import type { BookTable } from '../storage/book-table.ts';
import { type FunctionDefaults, NodeFunction } from './node-function.ts';

/** A change is in the stream for 24 hours (AWS: "Change data capture for DynamoDB Streams"). */
const MAX_AGE = Duration.hours(23);

/** One request takes ten events. */
const BATCH_SIZE = 100;

export interface PublisherProps extends FunctionDefaults, LogProps {
  readonly table: Pick<BookTable, 'table'>;
  readonly streamArn: string;
}

/** Publishes what changes in the table: a Lambda on its stream, a bus, and a queue for changes that could not be published. */
export class Publisher extends Construct {
  readonly lambda: LambdaFunction;
  readonly bus: IEventBus;
  /** Holds the positions in the stream of changes that were given up, not the changes. */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: PublisherProps) {
    super(scope, id);
    const { settings, streamArn, encryptionKey } = props;
    const { stage, events } = settings;
    this.bus =
      events.busArn === undefined
        ? (new EventBus(this, 'Bus', {
            eventBusName: `ocrolus-${stage}`,
            description: `Changes of books and results, stage ${stage} of the Ocrolus webhooks`,
          }) as IEventBus)
        : EventBus.fromEventBusArn(this, 'Bus', events.busArn);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...encryptedWith(encryptionKey),
      // Without the stream, positions in it say nothing.
      removalPolicy: RemovalPolicy.DESTROY,
      retentionPeriod: LONGEST_RETENTION,
    });
    const publisher = new NodeFunction(this, 'Lambda', {
      ...props,
      name: 'publisher',
      description: 'Publishes changes of books and results',
      timeout: Duration.seconds(30),
      memorySize: 256,
      environment: {
        ...commonEnvironment(settings),
        BUS_ARN: this.bus.eventBusArn,
      },
    });
    this.lambda = publisher.lambda;
    publisher.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      [streamArn],
    );
    publisher.allow(['dynamodb:ListStreams'], [`${props.table.table.tableArn}/stream/*`]);
    publisher.allow(['events:PutEvents'], [this.bus.eventBusArn]);
    publisher.allow(['sqs:SendMessage'], [this.deadLetterQueue.queueArn]);
    publisher.allowStatement(encryptionKey.usableThrough(['dynamodb'], ['kms:Decrypt']));
    publisher.allowStatement(encryptionKey.usableThrough(['sqs'], ['kms:Decrypt', 'kms:GenerateDataKey']));
    const destination = this.deadLetterQueue.queueArn;
    this.lambda.addEventSourceMapping('Stream', {
      eventSourceArn: streamArn,
      // Also what changes until Lambda begins to read, which may take minutes.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: BATCH_SIZE,
      maxBatchingWindow: Duration.seconds(1),
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      maxRecordAge: MAX_AGE,
      onFailure: { bind: () => ({ destination }) },
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.or('INSERT', 'MODIFY'),
          dynamodb: { Keys: { item: { S: [BOOK_ITEM, ...FilterRule.beginsWith(RESULT_PREFIX)] } } },
        }),
      ],
    });
  }
}
