import { Annotations } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../encryption-key.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { Alarms } from './alarms.ts';
import { Dashboard } from './dashboard.ts';
import type { MonitoredResources } from './metrics.ts';
import { SavedQueries } from './saved-queries.ts';

export interface MonitoringProps {
  readonly resources: MonitoredResources;
  readonly encryptionKey: EncryptionKey;
}

/** Monitors a stage: alarms notify people, the dashboard shows the cause, and saved queries show the details. */
export class Monitoring extends Construct {
  /** Name of the dashboard; absent if the stage has none. */
  readonly dashboardName: string | undefined;
  /** Topics that alarms notify; empty if alarms are off. */
  readonly topics: readonly ITopic[];

  constructor(scope: Construct, id: string, { resources, encryptionKey }: MonitoringProps) {
    super(scope, id);
    const { stage, alarms: settings, dashboard } = resources.settings;
    this.topics = settings.enabled
      ? new AlarmTopic(this, 'AlarmTopic', { encryptionKey, stage, settings }).topics
      : [];
    const alarms = settings.enabled ? new Alarms(this, 'Alarms', { resources, topics: this.topics }).all : [];
    this.dashboardName = dashboard
      ? new Dashboard(this, 'Dashboard', { resources, alarms }).dashboard.dashboardName
      : undefined;
    new SavedQueries(this, 'Queries', resources);
    const { emails, topicArn } = settings;
    const isRetained = resources.settings.removalPolicy === 'retain';
    if (isRetained && emails.length === 0 && topicArn === undefined) this.warnOfMissingRecipient();
  }

  /** A stage that retains its data is probably in production, where alarms need a recipient. */
  private warnOfMissingRecipient(): void {
    const warning =
      'Alarms have no recipient: set alarms.emails or alarms.topicArn, or removalPolicy: "destroy" for a trial stage';
    Annotations.of(this).addWarningV2('ocrolus-webhooks:noAlarmRecipient', warning);
  }
}
