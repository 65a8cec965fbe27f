import { describe, expect, test } from 'vitest';
import { Settings, type SettingsInput } from '../../../infra/config/settings.ts';
import { ALLOWLISTED } from '../ingress/settings.ts';
import type { CloudFormation } from '../rules/template.ts';
import { synthesizeStack } from '../synthesized.ts';
import { CHANGES } from '../upgrade/changes.ts';
import { VARIANT_NAMES, variantTemplate } from '../variants.ts';
import { collisionsBetween, isLeftBehind, physicalName } from './collisions.ts';

type Changed = Omit<SettingsInput, 'stage'>;

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms';

/** Settings before and after a change, which is then undone. */
const WALKS: readonly (readonly [from: Changed, to: Changed])[] = [
  ...CHANGES.map((change) => [{}, change] as const),
  [{}, { alarms: { enabled: false } }],
  [{ alarms: { emails: ['operations@example.com'] } }, { alarms: { topicArn: TOPIC } }],
  [{ ingress: ALLOWLISTED }, { ingress: { ...ALLOWLISTED, waf: true } }],
  [
    { ingress: ALLOWLISTED },
    { ingress: { ...ALLOWLISTED, hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' } },
  ],
  [{ ingress: ALLOWLISTED }, { ingress: { ...ALLOWLISTED, sourceAddresses: ['192.0.2.1/32'] } }],
];

const templateOf = (settings: Changed): CloudFormation => ({
  Resources: {},
  ...synthesizeStack(settings).toJSON(),
});

/**
 * CloudFormation does not create a resource that already exists, so a name that is left behind blocks a deployment that needs it:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 */
describe('a setting can be changed, changed back and changed again: no name is left behind', () => {
  test.each(WALKS.map((walk) => [JSON.stringify(walk), walk] as const))('%s', (_, [from, to]) => {
    expect(collisionsBetween(templateOf(from), templateOf(to))).toEqual([]);
  });

  test('every setting is among them, and each value that adds or removes resources', () => {
    const walked = WALKS.flat().flatMap((settings) => pathsOf(settings));
    const groups = Object.keys(Settings.shape).filter((name) => name !== 'stage');
    expect(groups.filter((name) => !walked.some((path) => path.startsWith(name)))).toEqual([]);
    for (const path of [
      'alarms.enabled',
      'alarms.topicArn',
      'ingress.waf',
      'registration.enabled',
      'accounts',
    ])
      expect(walked).toContain(path);
  });

  test('a name that would be left behind is detected', () => {
    const before = templateOf({ ingress: { ...ALLOWLISTED, waf: true } });
    const Resources = Object.fromEntries(
      Object.entries(before.Resources).map(([id, resource]) => [
        id,
        { ...resource, DeletionPolicy: 'Retain' },
      ]),
    );
    expect(collisionsBetween({ Resources }, templateOf({ ingress: ALLOWLISTED }))).toContainEqual(
      expect.stringContaining('aws-waf-logs-ocrolus-webhooks-test'),
    );
  });
});

describe.each(VARIANT_NAMES)('in the variant %s', (name) => {
  const template = variantTemplate(name);
  const named = Object.entries(template.Resources).filter(
    ([, resource]) => isLeftBehind(resource) && physicalName(resource) !== undefined,
  );

  test('only queues are kept under a fixed name, and every variant has them', () => {
    for (const [id, { Type }] of named) expect(Type, id).toBe('AWS::SQS::Queue');
    const queues = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
    expect(queues.map(([id]) => id)).toEqual(
      Object.entries(variantTemplate('default').Resources)
        .filter(([, { Type }]) => Type === 'AWS::SQS::Queue')
        .map(([id]) => id),
    );
  });

  test('a first deployment that fails leaves none of them behind', () => {
    for (const [id, { DeletionPolicy }] of named) expect(DeletionPolicy, id).toBe('RetainExceptOnCreate');
  });
});

test('the policies of retained resources are retained, so plain HTTP is still refused', () => {
  const { Resources } = variantTemplate('allowlisted');
  for (const type of ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy']) {
    const policies = Object.entries(Resources).filter(([, { Type }]) => Type === type);
    expect(policies.length).toBeGreaterThan(0);
    for (const [id, { Properties, DeletionPolicy }] of policies) {
      const kept = Properties?.Bucket?.Ref ?? Properties?.Queues[0].Ref;
      expect(DeletionPolicy, id).toBe(Resources[kept]?.DeletionPolicy);
    }
  }
});

/** `{a: {b: 1}}` → `a.b`. */
function pathsOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = `${prefix}${name}`;
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject ? pathsOf(inner, `${path}.`) : [path];
  });
}
