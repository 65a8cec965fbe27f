import { expect, test } from 'vitest';
import { lambdaOf, onlyResource, synthesizeStack } from './synthesized.ts';

const template = synthesizeStack();
const [lambdaId] = lambdaOf(template, 'poller');

test('is started every few minutes, and late starts are dropped', () => {
  const [, schedule] = onlyResource(template, 'AWS::Scheduler::Schedule');
  expect(schedule.Properties).toMatchObject({
    ScheduleExpression: 'rate(5 minutes)',
    State: 'ENABLED',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: { 'Fn::GetAtt': [lambdaId, 'Arn'] },
      RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 },
    },
  });
});

test.each([
  [1, 'rate(1 minute)'],
  [60, 'rate(1 hour)'],
])('a schedule of %i minutes is %s, as EventBridge spells it', (minutes, expression) => {
  const [, schedule] = onlyResource(synthesizeStack({ poll: { minutes } }), 'AWS::Scheduler::Schedule');
  expect(schedule.Properties.ScheduleExpression).toBe(expression);
});

test('a failed run is left to the next one', () => {
  const [, config] = onlyResource(template, 'AWS::Lambda::EventInvokeConfig');
  expect(config.Properties).toMatchObject({
    FunctionName: { Ref: lambdaId },
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  });
});
