import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { ENCRYPTION_ACTIONS } from '../../infra/constructs/encryption-key.ts';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { CHANNELS } from '../../shared/events/channels.ts';
import { resolve } from './resolved.ts';
import { onlyResource, type Resource, resources, statements, synthesizeStack } from './synthesized.ts';
import { variantTemplate } from './variants.ts';

const template = synthesizeStack({ accounts: ['default', 'lending'] });
const policies = resources(template, 'AWS::IAM::ManagedPolicy');
type Name = 'See' | 'Act' | 'Send';
const policy = (name: Name): Resource => {
  const found = policies.find(([id]) => id.startsWith(`Operators${name}`));
  if (found === undefined) throw new Error(`no policy ${name}`);
  return found[1];
};

/** Action → the resources that it is allowed on. */
function allowed(name: Name): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const { Effect, Action, Resource } of statements(policy(name).Properties.PolicyDocument)) {
    expect(Effect).toBe('Allow');
    for (const action of Action) found.set(action, [...(found.get(action) ?? []), ...Resource]);
  }
  return found;
}

describe('the policies for operators', () => {
  test('are attached to nobody, and their ARNs are an output', () => {
    for (const { Properties } of [policy('See'), policy('Act'), policy('Send')]) {
      for (const kind of ['Users', 'Roles', 'Groups']) expect(Properties).not.toHaveProperty(kind);
    }
    expect(Object.keys(template.findOutputs('OperatorPolicyArns'))).toHaveLength(1);
  });

  test('to see, nothing can be changed', () => {
    const changing = /:(Put|Update|Delete|Send|Invoke|Create|Set|Purge|Start|Cancel)|Secret/;
    expect([...allowed('See').keys()].filter((action) => changing.test(action))).toEqual([]);
  });

  test('to act, exactly what the commands do', () => {
    expect([...allowed('Act').keys()].sort()).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      ...ENCRYPTION_ACTIONS,
      'lambda:InvokeFunction',
      'lambda:UpdateEventSourceMapping',
      's3:DeleteObjectVersion',
      's3:GetObject',
      's3:ListBucketVersions',
      'sqs:DeleteMessage',
      'sqs:SendMessage',
    ]);
  });

  test('only poller and registration can be invoked, and only webhook secrets be read', () => {
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

  test('messages are received from, and deleted in, dead-letter queues only', () => {
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

  test('every log and every consumer is reached', () => {
    expect(allowed('See').get('logs:FilterLogEvents')).toHaveLength(FUNCTION_NAMES.length);
    expect(allowed('Act').get('lambda:UpdateEventSourceMapping')).toHaveLength(CHANNELS.length);
  });

  test('the key is usable through services only', () => {
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

  test.each(['See', 'Act', 'Send'] as const)(
    '%s is within the 6,144 characters of IAM, whatever the stage is called',
    (name) => {
      const largest = Template.fromJSON(variantTemplate('largest'));
      const mappings = new Set(resources(largest, 'AWS::Lambda::EventSourceMapping').map(([id]) => id));
      const found = resources(largest, 'AWS::IAM::ManagedPolicy').find(([id]) =>
        id.startsWith(`Operators${name}`),
      );
      const queueNames = new Map(
        resources(largest, 'AWS::SQS::Queue').map(([id, { Properties }]) => [
          id,
          String(Properties.QueueName),
        ]),
      );
      const stack = 'ocrolus-webhooks-a-sixteen-letter';
      /** As long as the ARN, id or name that CloudFormation puts there. */
      const deployed = (reference: object): string => {
        const [id] = Object.values(reference).flat().map(String);
        if (id?.startsWith('AWS::')) return id === 'AWS::StackId' ? '-'.repeat(130) : 'ap-southeast-1';
        if (mappings.has(id ?? '')) return '12345678-1234-1234-1234-123456789012';
        const arn = 'arn:aws:lambda:ap-southeast-1:123456789012:';
        return arn + (queueNames.get(id ?? '') ?? `log-group:${stack}-${id}-123456789012:*`);
      };
      const text = JSON.stringify(found?.[1].Properties.PolicyDocument, (_, value) =>
        isReference(value) ? resolve(value, deployed) : value,
      );
      expect(text).not.toContain('Fn::');
      expect(text.length).toBeGreaterThan(1000);
      expect(text.length).toBeLessThan(6144);
    },
  );
});

function isReference(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && ['Ref', 'Fn::GetAtt', 'Fn::Join'].some((it) => it in value)
  );
}
