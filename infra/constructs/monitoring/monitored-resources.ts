import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Channel } from '../../../shared/events/channels.ts';
import type { Settings } from '../../config/settings.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import type { LoadBalancer } from '../ingress/load-balancer.ts';

/** The resources that alarms, dashboard and saved queries are about. */
export interface MonitoredResources {
  /** The stage's settings. */
  readonly settings: Settings;
  /** Where deliveries arrive. */
  readonly api: Stage;
  /** A line for each request to it. */
  readonly accessLog: ILogGroup;
  /** What stands before it, where the internet gets in. */
  readonly loadBalancer?: LoadBalancer;
  /** Each channel's queue and DLQ. */
  readonly queues: ReadonlyMap<Channel, ChannelQueue>;
  /** Each channel's consumer. */
  readonly consumers: ReadonlyMap<Channel, LambdaFunction>;
  /** Answers Ocrolus. */
  readonly webhook: LambdaFunction;
  /** Looks for what no webhook announced. */
  readonly poller: LambdaFunction;
  /** Functions that look after the deployment itself, by name. */
  readonly upkeep: ReadonlyMap<string, LambdaFunction>;
  /** Books and all else. */
  readonly table: Table;
}
