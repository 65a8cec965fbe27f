import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../../infra/functions.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { lambdaOf, onlyResource, type Resource, resources, synthesizeStack } from '../testing/synthesized.ts';

const template = synthesizeStack();

describe.each([...FUNCTION_NAMES, 'probe'])('the Lambda %s', (name) => {
  const whole = synthesizeStack({ probeMinutes: 5 });
  const [, { Properties: lambda }] = lambdaOf(whole, name);

  test('is stopped by Lambda if it loops, except for chains of requeued messages', () => {
    const isConsumer = CHANNELS.some((channel) => channel === name);
    expect(lambda.RecursiveLoop).toBe(isConsumer ? 'Allow' : undefined);
  });
});

test('concurrency is reserved for the webhook only if a stage sets it', () => {
  expect(lambdaOf(template, 'webhook')[1].Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  const reserved = synthesizeStack({ webhookReservedConcurrency: 50, lambdaConcurrency: 150 });
  expect(lambdaOf(reserved, 'webhook')[1].Properties.ReservedConcurrentExecutions).toBe(50);
});

describe('the poller', () => {
  const [lambdaId] = lambdaOf(template, 'poller');
  const scheduleOf = (from: ReturnType<typeof synthesizeStack>): Resource =>
    onlyResource(from, 'AWS::Scheduler::Schedule')[1].Properties;

  // EventBridge wants a singular for 1.
  test.each([
    [{}, 'rate(5 minutes)'],
    [{ poll: { minutes: 1 } }, 'rate(1 minute)'],
    [{ poll: { minutes: 60 } }, 'rate(1 hour)'],
  ])('with %j is started at a %s', (settings, expression) => {
    const { ScheduleExpression, Target } = scheduleOf(synthesizeStack(settings));
    expect(ScheduleExpression).toBe(expression);
    expect(Target.Arn).toEqual({ 'Fn::GetAtt': [lambdaId, 'Arn'] });
  });
});

test('the stack has no Lambda of CDK, no lookup, and no account or region', () => {
  expect(resources(template, 'AWS::Lambda::Function')).toHaveLength(FUNCTION_NAMES.length);
  const all: Resource[] = Object.values(template.toJSON().Resources);
  expect(all.filter(({ Type }) => /^Custom::|CustomResource/.test(Type))).toEqual([]);
});
