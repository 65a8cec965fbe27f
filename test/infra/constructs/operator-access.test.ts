import { describe, expect, test } from 'vitest';
import { ENCRYPTION_ACTIONS } from '../../../infra/constructs/encryption-key.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { FULL } from '../testing/settings.ts';
import {
  onlyResource,
  resources,
  type Statement,
  statements,
  synthesizeStack,
} from '../testing/synthesized.ts';

const template = synthesizeStack(FULL);
const policies = resources(template, 'AWS::IAM::ManagedPolicy').filter(([id]) => id.startsWith('Operators'));
type Name = 'See' | 'Logs' | 'Act' | 'Pause' | 'Send';

const statementsOf = (name: Name): Statement[] => {
  const [, policy] = policies.find(([id]) => id.startsWith(`Operators${name}`)) ?? [];
  return statements(policy?.Properties.PolicyDocument);
};

/** Action → the resources on which it is allowed. */
function allowed(name: Name): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const { Effect, Action, Resource } of statementsOf(name)) {
    expect(Effect).toBe('Allow');
    for (const action of Action) found.set(action, [...(found.get(action) ?? []), ...Resource]);
  }
  return found;
}

/** The ids of resources of a type whose name ends like this. */
const idsOf = (type: string, name: 'Name' | 'QueueName', end: string) =>
  resources(template, type)
    .filter(([, { Properties }]) => Properties[name]?.endsWith(end))
    .map(([id]) => id)
    .sort();

describe('the policies for operators', () => {
  test('are attached to no one, and their ARNs are an output', () => {
    expect(policies).toHaveLength(5);
    for (const [, { Properties }] of policies) {
      for (const kind of ['Users', 'Roles', 'Groups']) expect(Properties).not.toHaveProperty(kind);
    }
    expect(Object.keys(template.findOutputs('OperatorPolicyArns'))).toHaveLength(1);
  });

  test('See and Logs allow no change', () => {
    const changing = /:(Put|Update|Delete|Send|Invoke|Create|Set|Purge|Start|Cancel)|Secret/;
    const actions = [...allowed('See').keys(), ...allowed('Logs').keys()];
    expect(actions.filter((action) => changing.test(action))).toEqual([]);
  });

  test('Act allows exactly what its commands do', () => {
    expect([...allowed('Act').keys()].sort()).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      ...ENCRYPTION_ACTIONS,
      'lambda:InvokeFunction',
      's3:DeleteObjectVersion',
      's3:GetObject',
      's3:ListBucketVersions',
      'sqs:DeleteMessage',
      'sqs:SendMessage',
    ]);
  });

  test('only poller and registration can be invoked, and only webhook secrets can be read', () => {
    const invoked = JSON.stringify(allowed('Act').get('lambda:InvokeFunction'));
    expect(invoked.match(/Lambda/g)).toHaveLength(2);
    expect(invoked).toMatch(/Poller.*Registration/);
    const send = allowed('Send');
    expect([...send.keys()]).toEqual(['secretsmanager:GetSecretValue', 'kms:Decrypt']);
    const secrets = idsOf('AWS::SecretsManager::Secret', 'Name', '/webhook').map((Ref) => ({ Ref }));
    expect(send.get('secretsmanager:GetSecretValue')).toEqual(secrets);
  });

  test('messages can be received from and deleted in dead-letter queues only', () => {
    const dead = idsOf('AWS::SQS::Queue', 'QueueName', '-dlq').map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }));
    expect(dead).toHaveLength(CHANNELS.length);
    for (const arns of [allowed('See').get('sqs:ReceiveMessage'), allowed('Act').get('sqs:DeleteMessage')]) {
      expect(arns).toHaveLength(dead.length);
      expect(arns).toEqual(expect.arrayContaining(dead));
    }
  });

  test.each<Name>(['See', 'Act', 'Send'])('%s allows to use the key through services only', (name) => {
    const uses = statementsOf(name).filter(({ Action }) =>
      Action.some((action) => action.startsWith('kms:')),
    );
    expect(uses.length).toBeGreaterThan(0);
    for (const { Resource, Condition } of uses) {
      expect(Resource).toEqual([{ 'Fn::GetAtt': [onlyResource(template, 'AWS::KMS::Key')[0], 'Arn'] }]);
      expect(Condition?.StringEquals).toHaveProperty('kms:ViaService');
    }
  });
});
