import { expect } from 'vitest';
import { callAws } from '../aws-call.ts';
import type { EmulatedStack } from '../emulated-stack.ts';
import type { Moto } from '../moto.ts';
import { queryAws } from '../query-call.ts';
import type { ReadBack } from './read-back.ts';

export const alarms: ReadBack = {
  what: 'every alarm watches what the template says, and is part of a composite',
  types: ['AWS::CloudWatch::Alarm'],
  async compare(moto, stack) {
    const members = new Set<string>();
    for (const [id, alarm] of stack.resolved('AWS::CloudWatch::Alarm')) {
      const AlarmName: string = alarm.AlarmName ?? id;
      const { Tags, ...properties } = alarm;
      await cloudWatch(moto, 'PutMetricAlarm', { ...properties, AlarmName });
      const { MetricAlarms: [made] = [] }: { MetricAlarms?: object[] } = await cloudWatch(
        moto,
        'DescribeAlarms',
        { AlarmNames: [AlarmName] },
      );
      const { Metrics, ...single } = properties;
      expect(made, id).toMatchObject(single);
      members.add(id);
    }
    // The emulator has no composite alarms. Their rules must name every alarm, and nothing else.
    const rules = stack.resolved('AWS::CloudWatch::CompositeAlarm').map(([, { AlarmRule }]) => AlarmRule);
    const named = rules.flatMap((rule: string) =>
      [...rule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, id]) => id),
    );
    expect(named.sort()).toEqual([...members].map((id) => id).sort());
  },
};

export const dashboard: ReadBack = {
  what: 'the dashboard has widgets that CloudWatch can read',
  types: ['AWS::CloudWatch::Dashboard'],
  async compare(moto, stack) {
    for (const [id, { DashboardName, DashboardBody }] of stack.resolved('AWS::CloudWatch::Dashboard')) {
      const { DashboardBody: made } = await cloudWatch(moto, 'GetDashboard', { DashboardName });
      expect(JSON.parse(String(made)), id).toEqual(JSON.parse(DashboardBody));
    }
  },
};

export const topic: ReadBack = {
  what: 'the topic is encrypted, has its policy, and the addresses of the settings',
  types: ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription'],
  async compare(moto, stack) {
    for (const [id, wanted] of stack.resolved('AWS::SNS::Topic')) {
      const TopicArn = stack.idOf(id);
      for (const [, { PolicyDocument, Topics }] of stack.resolved('AWS::SNS::TopicPolicy')) {
        expect(Topics, id).toEqual([TopicArn]);
        const AttributeValue = JSON.stringify(PolicyDocument);
        await queryAws(moto, 'sns', 'SetTopicAttributes', {
          TopicArn,
          AttributeName: 'Policy',
          AttributeValue,
        });
        const { Policy } = await attributes(moto, TopicArn);
        expect(JSON.parse(Policy ?? ''), id).toEqual(PolicyDocument);
      }
      const made = await attributes(moto, TopicArn);
      expect(made.KmsMasterKeyId, id).toBe(wanted.KmsMasterKeyId);
      expect(TopicArn, id).toMatch(new RegExp(`:${wanted.TopicName}$`));
    }
    for (const [id, { Endpoint, Protocol, TopicArn }] of stack.resolved('AWS::SNS::Subscription')) {
      await queryAws(moto, 'sns', 'Subscribe', { Endpoint, Protocol, TopicArn });
      const made = await queryAws(moto, 'sns', 'ListSubscriptionsByTopic', { TopicArn });
      const { Subscriptions } = made.ListSubscriptionsByTopicResponse.ListSubscriptionsByTopicResult;
      expect(Subscriptions, id).toContainEqual(expect.objectContaining({ Endpoint, Protocol }));
    }
  },
};

async function attributes(moto: Moto, TopicArn: string): Promise<Record<string, string | undefined>> {
  const { GetTopicAttributesResponse } = await queryAws(moto, 'sns', 'GetTopicAttributes', { TopicArn });
  const entries = Object.values(GetTopicAttributesResponse.GetTopicAttributesResult.Attributes).flat();
  return Object.fromEntries(entries.map((entry) => [entryOf(entry).key, entryOf(entry).value]));
}

function entryOf(entry: unknown): { key: string; value: string } {
  const { key, value } = Object(entry);
  return { key: String(key), value: String(value) };
}

export const logs: ReadBack = {
  what: 'every log group keeps its lines as long as the template says, encrypted',
  types: ['AWS::Logs::LogGroup'],
  async compare(moto, stack) {
    const groups = await logGroups(moto);
    const [keyId] = stack.resolved('AWS::KMS::Key').map(([id]) => stack.idOf(id));
    for (const [id, { RetentionInDays, KmsKeyId }] of stack.resolved('AWS::Logs::LogGroup')) {
      const made = groups.get(stack.idOf(id));
      expect(made, id).toMatchObject({ retentionInDays: RetentionInDays });
      // The emulator's CloudFormation passes over the key.
      expect(KmsKeyId, id).toMatch(new RegExp(`:key/${keyId}$`));
    }
    requireKnownGroups(stack, groups);
  },
};

/** A saved query and a function name groups that exist. */
function requireKnownGroups(stack: EmulatedStack, groups: ReadonlyMap<string, object>): void {
  for (const [id, { LogGroupNames }] of stack.resolved('AWS::Logs::QueryDefinition')) {
    for (const name of LogGroupNames) expect([...groups.keys()], id).toContain(name);
  }
  for (const [id, { LoggingConfig }] of stack.resolved('AWS::Lambda::Function')) {
    if (LoggingConfig !== undefined) expect([...groups.keys()], id).toContain(LoggingConfig.LogGroup);
  }
}

async function logGroups(moto: Moto): Promise<Map<string, object>> {
  const target = 'Logs_20140328.DescribeLogGroups';
  const found = new Map<string, object>();
  for (let nextToken: unknown; ; ) {
    const body = nextToken === undefined ? {} : { nextToken };
    const answer = await callAws(moto, { service: 'logs', target, body });
    const groups = Array.isArray(answer.logGroups) ? answer.logGroups : [];
    for (const group of groups) found.set(group.logGroupName, group);
    nextToken = answer.nextToken;
    if (nextToken === undefined || nextToken === null) return found;
  }
}

function cloudWatch(moto: Moto, operation: string, body: object): Promise<Record<string, unknown>> {
  return callAws(moto, {
    service: 'monitoring',
    target: `GraniteServiceVersion20100801.${operation}`,
    body,
  });
}
