import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Channel } from '../../../shared/events/channels.ts';
import type { Settings } from '../../config/settings.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import type { LoadBalancer } from '../ingress/load-balancer.ts';

/** The resources that alarms, dashboard and saved queries cover. */
export interface MonitoredResources {
  /** The stage's settings. */
  readonly settings: Settings;
  /** Where deliveries arrive. */
  readonly api: Stage;
  /** Has a line for each request to the API. */
  readonly accessLog: ILogGroup;
  /** In front of the API, if the ingress is `allowlisted`. */
  readonly loadBalancer?: LoadBalancer;
  /** Each channel's queue and DLQ. */
  readonly queues: ReadonlyMap<Channel, ChannelQueue>;
  /** Each channel's consumer. */
  readonly consumers: ReadonlyMap<Channel, LambdaFunction>;
  /** Answers Ocrolus. */
  readonly webhook: LambdaFunction;
  /** Finds what no webhook announced. */
  readonly poller: LambdaFunction;
  /** The functions for registration and rotation, by name. */
  readonly upkeep: ReadonlyMap<string, LambdaFunction>;
  /** Holds books, documents, results and the ledger. */
  readonly table: Table;
}
