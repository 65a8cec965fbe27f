import { expect, test } from 'vitest';
import { IMPORTED_VPC } from '../testing/settings.ts';
import { lambdaOf, synthesizeStack } from '../testing/synthesized.ts';

test('without a load balancer, the URL leads to the endpoint, also in an imported VPC', () => {
  const imported = synthesizeStack({ probeMinutes: 5, network: IMPORTED_VPC });
  const { Environment, VpcConfig } = lambdaOf(imported, 'probe')[1].Properties;
  expect(Environment.Variables.ADDRESSES).toBe('');
  expect(JSON.stringify(Environment.Variables.WEBHOOK_URL)).toContain('.execute-api.');
  expect(VpcConfig.SubnetIds).toEqual(IMPORTED_VPC.vpc.subnetIds);
});
