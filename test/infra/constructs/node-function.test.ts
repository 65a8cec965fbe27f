import { expect, test } from 'vitest';
import { faultsOf } from '../config/faults-of.ts';
import { lambdaOf, synthesizeStack } from '../testing/synthesized.ts';

const layer = (name: string) => `arn:aws:lambda:us-east-1:123456789012:layer:${name}:3`;

test('a function has its own layers and variables after those of all, and keeps the variables of the stack', () => {
  const template = synthesizeStack({
    layers: { all: [layer('telemetry')], webhook: [layer('more')] },
    environment: { all: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap', STAGE: 'mine' }, poller: { TEAM: 'loans' } },
  });
  const of = (name: string) => lambdaOf(template, name)[1].Properties;
  expect(of('webhook').Layers).toEqual([layer('telemetry'), layer('more')]);
  expect(of('poller').Layers).toEqual([layer('telemetry')]);
  const { Variables } = of('poller').Environment;
  expect(Variables).toMatchObject({ AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap', TEAM: 'loans', STAGE: 'test' });
  expect(of('webhook').Environment.Variables).not.toHaveProperty('TEAM');
});

test('a function that is not there, and what is no layer, are faults', () => {
  expect(faultsOf({ layers: { webhok: [layer('a')] } })).toEqual([expect.stringContaining('layers')]);
  expect(faultsOf({ layers: { webhook: ['arn:aws:lambda:us-east-1:123456789012:layer:a'] } })).toEqual([
    expect.stringContaining('layers.webhook.0: must be the ARN'),
  ]);
});
