import type { RemovalPolicy } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../encryption-key.ts';
import { alarmDefinitions } from './alarm-definitions.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { Alarms } from './alarms.ts';
import { Dashboard } from './dashboard.ts';
import { SavedQueries } from './saved-queries.ts';
import type { Watched } from './watched.ts';

export interface MonitoringProps {
  /** What is watched. */
  readonly watched: Watched;
  /** Encrypts what the topic tells. */
  readonly encryptionKey: EncryptionKey;
  /** What becomes of the topic with the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** Watches a stage: alarms that tell people, a dashboard that shows why, and queries that tell what exactly. */
export class Monitoring extends Construct {
  /** Shows everything on one screen. */
  readonly dashboardName: string;
  /** Who is told of alarms; nobody where they are off. */
  readonly topics: readonly ITopic[];

  constructor(scope: Construct, id: string, { watched, ...kept }: MonitoringProps) {
    super(scope, id);
    const { stage, alarms: settings } = watched.settings;
    this.topics = settings.enabled
      ? new AlarmTopic(this, 'AlarmTopic', { ...kept, stage, settings }).topics
      : [];
    const alarms = settings.enabled
      ? new Alarms(this, 'Alarms', {
          stage,
          definitions: alarmDefinitions(watched),
          runbookUrl: settings.runbookUrl,
          topics: this.topics,
        }).all
      : [];
    const { dashboard } = new Dashboard(this, 'Dashboard', { watched, alarms });
    this.dashboardName = dashboard.dashboardName;
    new SavedQueries(this, 'Queries', watched);
  }
}
