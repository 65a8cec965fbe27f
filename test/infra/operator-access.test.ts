import { describe, expect, test } from 'vitest';
import { ENCRYPTION_ACTIONS } from '../../infra/constructs/encryption-key.ts';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { CHANNELS } from '../../shared/events/channels.ts';
import { onlyResource, type Resource, resources, statements, synthesizeStack } from './synthesized.ts';

const template = synthesizeStack({ accounts: ['default', 'lending'] });
const policies = resources(template, 'AWS::IAM::ManagedPolicy');
const NAMES = ['See', 'Logs', 'Act', 'Pause', 'Send'] as const;
type Name = (typeof NAMES)[number];
const policy = (name: Name): Resource => {
  const found = policies.find(([id]) => id.startsWith(`Operators${name}`));
  if (found === undefined) throw new Error(`no policy ${name}`);
  return found[1];
};

/** Action → the resources on which it is allowed. */
function allowed(name: Name): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const { Effect, Action, Resource } of statements(policy(name).Properties.PolicyDocument)) {
    expect(Effect).toBe('Allow');
    for (const action of Action) found.set(action, [...(found.get(action) ?? []), ...Resource]);
  }
  return found;
}

describe('the policies for operators', () => {
  test('are attached to no one, and their ARNs are an output', () => {
    for (const { Properties } of NAMES.map(policy)) {
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
    const act = allowed('Act');
    const invoked = JSON.stringify(act.get('lambda:InvokeFunction'));
    expect(invoked.match(/Lambda/g)).toHaveLength(2);
    expect(invoked).toMatch(/Poller.*Registration/);
    const secrets = resources(template, 'AWS::SecretsManager::Secret')
      .filter(([, { Properties }]) => Properties.Name.endsWith('/webhook'))
      .map(([id]) => ({ Ref: id }));
    expect([...allowed('Send').keys()]).toEqual(['secretsmanager:GetSecretValue', 'kms:Decrypt']);
    expect(allowed('Send').get('secretsmanager:GetSecretValue')).toEqual(secrets);
  });

  test('messages can be received from and deleted in dead-letter queues only', () => {
    const dead = resources(template, 'AWS::SQS::Queue')
      .filter(([, { Properties }]) => Properties.QueueName.endsWith('-dlq'))
      .map(([id]) => id)
      .sort();
    const idsOf = (arns: unknown[] = []) =>
      JSON.stringify(arns)
        .match(/Channel\w+/g)
        ?.sort();
    expect(dead).toHaveLength(CHANNELS.length);
    expect(idsOf(allowed('See').get('sqs:ReceiveMessage'))).toEqual(dead);
    expect(idsOf(allowed('Act').get('sqs:DeleteMessage'))).toEqual(dead);
  });

  test('every log can be read, and every consumer paused', () => {
    expect(allowed('Logs').get('logs:FilterLogEvents')).toHaveLength(FUNCTION_NAMES.length);
    expect(allowed('Pause').get('lambda:UpdateEventSourceMapping')).toHaveLength(CHANNELS.length);
  });

  test('the key can be used through services only', () => {
    const [keyId] = onlyResource(template, 'AWS::KMS::Key');
    for (const name of ['See', 'Act', 'Send'] as const) {
      const uses = statements(policy(name).Properties.PolicyDocument).filter(({ Action }) =>
        Action.some((action: string) => action.startsWith('kms:')),
      );
      for (const { Resource, Condition } of uses) {
        expect(Resource).toEqual([{ 'Fn::GetAtt': [keyId, 'Arn'] }]);
        expect(Condition?.StringEquals).toHaveProperty('kms:ViaService');
      }
    }
  });
});
