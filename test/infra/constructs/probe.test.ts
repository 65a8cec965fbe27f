import { describe, expect, test } from 'vitest';
import { ALLOWLISTED, IMPORTED_VPC } from '../testing/settings.ts';
import { lambdaOf, resources, statementsOf, synthesizeStack } from '../testing/synthesized.ts';

const template = synthesizeStack({ probeMinutes: 5, ingress: ALLOWLISTED });
const [probeId, { Properties: poster }] = lambdaOf(template, 'probe');
const [signerId, { Properties: signer }] = lambdaOf(template, 'registration');

describe('the function in the VPC', () => {
  test('knows the host name and the addresses of the endpoint, and no secret', () => {
    const { WEBHOOK_URL, ADDRESSES, ...others } = poster.Environment.Variables;
    expect(WEBHOOK_URL).toBe('https://webhooks.example.com/webhooks/{account}');
    expect(JSON.stringify(ADDRESSES)).toContain('PrivateIpAddress');
    expect(Object.keys(others)).toEqual(['NODE_OPTIONS']);
  });

  test('may only write its log and traces, and be in a VPC', () => {
    const actions = statementsOf(template, lambdaOf(template, 'probe')).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/^(logs|xray|ec2):/.test(action))).toEqual([]);
  });

  test('reaches nothing but the endpoint', () => {
    const [group] = poster.VpcConfig.SecurityGroupIds;
    const [id] = group['Fn::GetAtt'];
    expect(template.findResources('AWS::EC2::SecurityGroup')[id]?.Properties).not.toHaveProperty(
      'SecurityGroupEgress',
    );
    const rules = resources(template, 'AWS::EC2::SecurityGroupEgress').map(([, rule]) => rule.Properties);
    const egress = rules.filter(({ GroupId }) => GroupId['Fn::GetAtt'][0] === id);
    expect(egress).toMatchObject([{ FromPort: 443, ToPort: 443 }]);
    expect(JSON.stringify(egress[0].DestinationSecurityGroupId)).toContain('ExecuteApi');
  });
});

test('the function that signs runs on a schedule, and may invoke the one in the VPC', () => {
  expect(signer.Environment.Variables.PROBE_FUNCTION).toEqual({ Ref: probeId });
  const schedules = resources(template, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);
  expect(schedules.filter(({ Target }) => Target.Arn['Fn::GetAtt'][0] === signerId)).toMatchObject([
    { ScheduleExpression: 'rate(5 minutes)', Target: { Input: '{"action":"probe"}' } },
  ]);
});

test('without a load balancer, the URL leads to the endpoint, also in an imported VPC', () => {
  const imported = synthesizeStack({ probeMinutes: 5, network: IMPORTED_VPC });
  const { Environment, VpcConfig } = lambdaOf(imported, 'probe')[1].Properties;
  expect(Environment.Variables.ADDRESSES).toBe('');
  expect(JSON.stringify(Environment.Variables.WEBHOOK_URL)).toContain('.execute-api.');
  expect(VpcConfig.SubnetIds).toEqual(IMPORTED_VPC.vpc.subnetIds);
});

test('a stage without it has no function in a VPC', () => {
  expect(lambdaOf(synthesizeStack(), 'registration')[1].Properties.Environment.Variables).not.toHaveProperty(
    'PROBE_FUNCTION',
  );
  const lambdas = resources(synthesizeStack(), 'AWS::Lambda::Function');
  expect(lambdas.filter(([, { Properties }]) => Properties.VpcConfig !== undefined)).toEqual([]);
});

test('the endpoint admits the function', () => {
  const ingress = resources(template, 'AWS::EC2::SecurityGroupIngress').map(
    ([, { Properties }]) => Properties,
  );
  expect(ingress.map(({ Description }) => Description)).toContain('HTTPS from the probe');
});
