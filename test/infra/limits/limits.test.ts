import { expect, test } from 'vitest';
import type { CloudFormation, Resource } from '../testing/template.ts';
import { VARIANT_NAMES, variantTemplate } from '../variants.ts';
import { faultsIn } from './limits.ts';

test.each(VARIANT_NAMES)('nothing of the variant %s is too long or too large for AWS', (name) => {
  expect(faultsIn(variantTemplate(name))).toEqual([]);
});

/** A template of some resources: logical id → type and properties. */
const templateOf = (
  resources: Record<string, readonly [Type: string, Properties: Resource]>,
): CloudFormation => ({
  Resources: Object.fromEntries(
    Object.entries(resources).map(([id, [Type, Properties]]) => [id, { Type, Properties }]),
  ),
});

/** Two policies of one role, which are too large only together. */
const policy = (Resource: string): readonly [string, Resource] => [
  'AWS::IAM::Policy',
  { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [{ Action: 'sqs:SendMessage', Resource }] } },
];
const half = policy('a'.repeat(5200));

test.each<[string, CloudFormation]>([
  ['Queue: QueueName: 81', templateOf({ Queue: ['AWS::SQS::Queue', { QueueName: 'a'.repeat(81) }] })],
  ['Key: KeyPolicy: 32770', templateOf({ Key: ['AWS::KMS::Key', { KeyPolicy: 'a'.repeat(32_768) }] })],
  [
    'Lambda: its environment: 4097',
    templateOf({
      Lambda: ['AWS::Lambda::Function', { Environment: { Variables: { A: 'a'.repeat(4096) } } }],
    }),
  ],
  ['Role: its inline policies: 10', templateOf({ Role: ['AWS::IAM::Role', {}], One: half, Other: half })],
  [
    'stack: resources: 401',
    templateOf(Object.fromEntries(Array.from({ length: 401 }, (_, n) => [`Q${n}`, ['AWS::SQS::Queue', {}]]))),
  ],
])('found is %s', (fault, template) => {
  expect(faultsIn(template)).toEqual([expect.stringContaining(fault)]);
});
