import { expect, test } from 'vitest';
import { IMPORTED_VPC } from '../../testing/settings.ts';
import { lambdaOf, onlyResource, synthesizeStack } from '../../testing/synthesized.ts';

test('the encoding of the request is a setting: registration and rotation have it, and a change registers again', () => {
  const template = synthesizeStack({
    registration: { enabled: true, url: 'https://hooks.example.com', encoding: 'json' },
  });
  for (const name of ['registration', 'rotation']) {
    const { Environment } = lambdaOf(template, name)[1].Properties;
    expect(Environment.Variables.REGISTRATION_ENCODING).toBe('json');
  }
  const [, { Properties }] = onlyResource(template, 'Custom::OcrolusWebhook');
  expect(Properties.encoding).toBe('json');
});

test('without a load balancer, the probe uses the endpoint, also in an imported VPC', () => {
  const imported = synthesizeStack({ probeMinutes: 5, network: IMPORTED_VPC });
  const { Environment, VpcConfig } = lambdaOf(imported, 'probe')[1].Properties;
  expect(Environment.Variables.ADDRESSES).toBe('');
  expect(JSON.stringify(Environment.Variables.WEBHOOK_URL)).toContain('.execute-api.');
  expect(VpcConfig.SubnetIds).toEqual(IMPORTED_VPC.vpc.subnetIds);
});
