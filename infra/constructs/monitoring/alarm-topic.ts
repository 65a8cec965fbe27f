import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Alarms } from '../../config/alarms.ts';
import type { EncryptionKey } from '../encryption-key.ts';

export interface AlarmTopicProps {
  readonly stage: string;
  readonly settings: Alarms;
  readonly encryptionKey: EncryptionKey;
}

/** Topics that alarms notify: the stack's topic with its subscribers, an existing topic, or both. */
export class AlarmTopic extends Construct {
  /** One or two topics. */
  readonly topics: readonly ITopic[];

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const { topicArn, emails } = props.settings;
    const existing = topicArn === undefined ? [] : [Topic.fromTopicArn(this, 'Existing', topicArn)];
    this.topics = existing.length > 0 && emails.length === 0 ? existing : [this.ownTopic(props), ...existing];
  }

  private ownTopic({ stage, settings, encryptionKey }: AlarmTopicProps): Topic {
    const topic = new Topic(this, 'Topic', {
      topicName: `ocrolus-${stage}-alarms`,
      displayName: `Ocrolus webhooks ${stage}`,
      masterKey: encryptionKey.key,
      enforceSSL: true,
    });
    // A topic stores nothing, and a retained one would occupy its name when the stage needs a topic again.
    topic.applyRemovalPolicy(RemovalPolicy.DESTROY);
    for (const address of settings.emails) topic.addSubscription(new EmailSubscription(address));
    const cloudWatch = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: {
          'aws:SourceArn': `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:ocrolus-${stage}-*`,
        },
      },
    };
    topic.addToResourcePolicy(
      new PolicyStatement({ ...cloudWatch, actions: ['sns:Publish'], resources: [topic.topicArn] }),
    );
    // In a key policy, `*` is the key itself.
    encryptionKey.key.addToResourcePolicy(
      new PolicyStatement({
        ...cloudWatch,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    );
    return topic;
  }
}
