import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Channel } from '../../../shared/events/channels.ts';
import type { Settings } from '../../config/settings.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import type { LoadBalancer } from '../ingress/load-balancer.ts';

/** Resources that alarms, dashboard and saved queries cover. */
export interface MonitoredResources {
  /** The stage's settings. */
  readonly settings: Settings;
  /** Receives deliveries. */
  readonly api: Stage;
  /** Access log of the API, with one line for each request. */
  readonly accessLog: ILogGroup;
  /** Load balancer in front of the API, if the ingress is `allowlisted`. */
  readonly loadBalancer?: LoadBalancer;
  /** Queue and DLQ of each channel. */
  readonly queues: ReadonlyMap<Channel, ChannelQueue>;
  /** Consumer of each channel. */
  readonly consumers: ReadonlyMap<Channel, LambdaFunction>;
  /** Answers Ocrolus. */
  readonly webhook: LambdaFunction;
  /** Finds results that no webhook announced. */
  readonly poller: LambdaFunction;
  /** Functions for registration and rotation, by name. */
  readonly upkeep: ReadonlyMap<string, LambdaFunction>;
  /** Holds books, documents, results and the ledger. */
  readonly table: Table;
}
