import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../infra/config/load.ts';
import { regionOf } from '../../infra/config/locations.ts';
import { ALLOWLISTED } from './ingress/settings.ts';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms';
const load = (settings: object, region?: string) =>
  parseSettings({ stage: 'test', ...settings }, 'test', region);

describe('in one stage', () => {
  test('a topic and a certificate of different regions are refused', () => {
    const topicArn = TOPIC.replace('us-east-1', 'eu-west-1');
    expect(() => load({ ingress: ALLOWLISTED, alarms: { topicArn } })).toThrow(
      '\n  alarms.topicArn: must be in us-east-1, the region of the stack, like ingress.certificateArn',
    );
  });

  test('a permissions boundary of another partition is refused', () => {
    const permissionsBoundary = 'arn:aws-us-gov:iam::123456789012:policy/boundary';
    expect(() => load({ alarms: { topicArn: TOPIC }, security: { permissionsBoundary } })).toThrow(
      '\n  security.permissionsBoundary: must be in the partition aws, like alarms.topicArn',
    );
  });

  test('an ARN whose region is in another partition is refused', () => {
    const topicArn = TOPIC.replace('us-east-1', 'cn-north-1');
    expect(() => load({ alarms: { topicArn } })).toThrow(
      /alarms\.topicArn: must be in the partition aws-cn$/,
    );
  });

  test.each(['aws-cn:sns:cn-north-1', 'aws-us-gov:sns:us-gov-west-1', 'aws:sns:eu-west-1'])(
    'arn:%s is a topic of its partition',
    (place) => {
      const topicArn = `arn:${place}:123456789012:alarms`;
      expect(load({ alarms: { topicArn } }).alarms.topicArn).toBe(topicArn);
    },
  );
});

describe('where the CDK CLI deploys to a known region', () => {
  test.each<[string, object]>([
    ['alarms.topicArn', { alarms: { topicArn: TOPIC } }],
    ['ingress.certificateArn', { ingress: ALLOWLISTED }],
  ])('%s of another region is refused', (setting, settings) => {
    expect(() => load(settings, 'eu-west-1')).toThrow(
      `\n  ${setting}: must be in eu-west-1, the region of the stack`,
    );
    expect(load(settings, 'us-east-1').stage).toBe('test');
  });

  test('other faults are reported', () => {
    expect(() => load({ alarms: { topicArn: TOPIC }, logLevel: 'LOUD' }, 'eu-west-1')).toThrow(
      '\n  logLevel: ',
    );
  });

  test('the region of the CLI counts only with credentials: without them, it is a default', () => {
    expect(regionOf({ CDK_DEFAULT_REGION: 'us-east-1' })).toBeUndefined();
    expect(regionOf({ CDK_DEFAULT_REGION: 'eu-west-1', CDK_DEFAULT_ACCOUNT: '123456789012' })).toBe(
      'eu-west-1',
    );
    expect(regionOf({})).toBeUndefined();
  });
});
