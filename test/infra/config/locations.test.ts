import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../../infra/config/load.ts';
import { regionOf } from '../../../infra/config/locations.ts';
import { ADOPTED, ALLOWLISTED } from '../testing/settings.ts';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms';
const load = (settings: object, region?: string) => parseSettings({ stage: 'test', ...settings }, region);

describe('in one stage', () => {
  test.each<[string, string, object]>([
    [
      'a topic and a certificate of different regions',
      'alarms.topicArn: must be in us-east-1, the region of the stack, like ingress.certificateArn',
      { ingress: ALLOWLISTED, alarms: { topicArn: TOPIC.replace('us-east-1', 'eu-west-1') } },
    ],
    [
      'a permissions boundary of another partition',
      'security.permissionsBoundary: must be in the partition aws, like alarms.topicArn',
      {
        alarms: { topicArn: TOPIC },
        security: { permissionsBoundary: 'arn:aws-us-gov:iam::123456789012:policy/boundary' },
      },
    ],
    [
      'an ARN whose region is in another partition',
      'alarms.topicArn: must be in the partition aws-cn',
      { alarms: { topicArn: TOPIC.replace('us-east-1', 'cn-north-1') } },
    ],
  ])('%s is refused', (_, fault, settings) => {
    expect(() => load(settings)).toThrow(new RegExp(`\\n  ${fault}$`));
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
    ['events.busArn', { events: { busArn: 'arn:aws:events:us-east-1:123456789012:event-bus/lending' } }],
    ['storage.streamArn', { storage: { tableName: ADOPTED.tableName, streamArn: ADOPTED.streamArn } }],
    ['storage.keyArn', { storage: { bucketName: ADOPTED.bucketName, keyArn: ADOPTED.keyArn } }],
  ])('%s of another region is refused, with other faults', (setting, settings) => {
    const fault = `\n  ${setting}: must be in eu-west-1, the region of the stack`;
    expect(() => load(settings, 'eu-west-1')).toThrow(fault);
    expect(load(settings, 'us-east-1').stage).toBe('test');
    expect(() => load({ ...settings, logLevel: 'LOUD' }, 'eu-west-1')).toThrow('\n  logLevel: ');
  });

  test('the region of the CLI counts only with credentials: without them, it is a default', () => {
    const region = { CDK_DEFAULT_REGION: 'eu-west-1' };
    expect(regionOf(region)).toBeUndefined();
    expect(regionOf({ ...region, CDK_DEFAULT_ACCOUNT: '123456789012' })).toBe('eu-west-1');
  });
});
