import { describe, expect, test } from 'vitest';
import { Settings, type SettingsInput } from '../../../infra/config/settings.ts';
import { templateOf, VARIANT_NAMES, variantTemplate } from '../templates/variants.ts';
import { ADOPTED, ALLOWLISTED, ZONE } from '../testing/settings.ts';
import { CHANGES } from './changes.ts';
import { collisionsBetween, isLeftBehind, physicalName } from './collisions.ts';
import { DATA, dataIn, lostBetween } from './data.ts';
import pinned from './data-resources.json' with { type: 'json' };

type Changed = Omit<SettingsInput, 'stage'>;

const before = variantTemplate('default');

/** Further changes that add, replace or remove resources with a name. */
const WALKS: readonly (readonly [from: Changed, to: Changed])[] = [
  [{}, { alarms: { enabled: false } }],
  [
    { alarms: { emails: ['operations@example.com'] } },
    { alarms: { topicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' } },
  ],
  [{ ingress: ALLOWLISTED }, { ingress: { ...ALLOWLISTED, waf: true } }],
  [{ ingress: ALLOWLISTED }, { ingress: { ...ALLOWLISTED, ...ZONE } }],
  [{ ingress: ALLOWLISTED }, { ingress: { ...ALLOWLISTED, sourceAddresses: ['192.0.2.1/32'] } }],
];

/**
 * CloudFormation does not create a resource that already exists, so a name that is left behind blocks a deployment that needs it:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 */
describe('a setting can be changed, changed back and changed again', () => {
  test.each(CHANGES.map((change) => [JSON.stringify(change), change] as const))(
    '%s loses no data, and no name is left behind',
    (_, change) => {
      const after = templateOf(change);
      expect(lostBetween(before, after)).toEqual([]);
      expect(collisionsBetween(before, after)).toEqual([]);
    },
  );

  test.each(WALKS.map((walk) => [JSON.stringify(walk), walk] as const))(
    '%s: no name is left behind',
    (_, [from, to]) => {
      expect(collisionsBetween(templateOf(from), templateOf(to))).toEqual([]);
    },
  );

  test('every setting is tried, and each value that adds or removes resources', () => {
    const tried = new Set(CHANGES.flatMap((change) => Object.keys(change)));
    expect(Object.keys(Settings.shape).filter((setting) => !tried.has(setting))).toEqual([
      ...['stage', 'aws'],
      // Below: it takes the created table and bucket out of the stack.
      'storage',
    ]);
    const walked = [...CHANGES, ...WALKS.flat()].flatMap((settings) => pathsOf(settings));
    expect(walked).toEqual(
      expect.arrayContaining(['alarms.enabled', 'alarms.topicArn', 'ingress.waf', 'registration.enabled']),
    );
  });

  test('a stage that adopts a table and a bucket leaves the created ones in the account', () => {
    const after = templateOf({ storage: ADOPTED });
    const gone = [...dataIn(before)].filter(([id]) => !(id in after.Resources));
    expect(gone.map(([, { Type }]) => Type).sort()).toEqual(['AWS::DynamoDB::Table', 'AWS::S3::Bucket']);
    for (const [id, { DeletionPolicy }] of gone) expect(DeletionPolicy, id).toBe('Retain');
    expect(lostBetween(before, after)).toHaveLength(gone.length);
    expect(collisionsBetween(before, after)).toEqual([]);
  });

  test('a loss, and a name that would be left behind, are detected', () => {
    const [queue = ''] = dataIn(before).keys();
    const { [queue]: gone, ...others } = before.Resources;
    expect(lostBetween(before, { Resources: others })).toEqual([expect.stringContaining('is gone')]);
    expect(lostBetween(before, templateOf({ accounts: ['lending'] }))).toHaveLength(2);
    const withWaf = templateOf({ ingress: { ...ALLOWLISTED, waf: true } });
    const Resources = Object.fromEntries(
      Object.entries(withWaf.Resources).map(([id, it]) => [id, { ...it, DeletionPolicy: 'Retain' }]),
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
    const queues = [...dataIn(template)].filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
    expect(queues.map(([id]) => id).sort()).toEqual(pinned['AWS::SQS::Queue']);
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
      expect(DeletionPolicy ?? 'Delete', id).toBe(Resources[kept]?.DeletionPolicy);
    }
  }
});

test('resources with data keep their logical ids, by which CloudFormation knows them', () => {
  const ids = Object.fromEntries(
    Object.keys(DATA).map((type) => [
      type,
      [...dataIn(before)]
        .filter(([, { Type }]) => Type === type)
        .map(([id]) => id)
        .sort(),
    ]),
  );
  // Another id is another resource, and the old one is deleted or left behind: never change this file for a
  // resource that has been deployed.
  expect(ids).toEqual(pinned);
});

/** `{a: {b: 1}}` → `a.b`. */
function pathsOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = `${prefix}${name}`;
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject ? pathsOf(inner, `${path}.`) : [path];
  });
}
