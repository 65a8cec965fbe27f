import { describe, expect, test } from 'vitest';
import { variantTemplate } from '../../templates/variants.ts';
import { onlyResource, type Statement, statements, synthesizeStack } from '../../testing/synthesized.ts';
import { ofType } from '../../testing/template.ts';

const template = synthesizeStack();
const [, { Properties: api }] = onlyResource(template, 'AWS::ApiGateway::RestApi');
const [endpointId] = onlyResource(template, 'AWS::EC2::VPCEndpoint');
const IMPORTED = 'vpce-0123456789abcdef0';

/** Decision of a resource policy on a request through an endpoint, or from elsewhere (`undefined`). */
function decide(policy: Parameters<typeof statements>[0], vpce: unknown): 'Allow' | 'Deny' | 'nothing' {
  const applying = statements(policy).filter((statement) => applies(statement, vpce));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'Deny';
  return applying.some(({ Effect }) => Effect === 'Allow') ? 'Allow' : 'nothing';
}

function applies({ Action, Resource, Principal, Condition = {} }: Statement, vpce: unknown): boolean {
  expect([Action, Resource, Principal]).toEqual([['execute-api:Invoke'], ['execute-api:/*'], { AWS: '*' }]);
  return Object.entries(Condition).every(([operator, condition]) => {
    expect(Object.keys(condition)).toEqual(['aws:SourceVpce']);
    const equal = JSON.stringify(condition['aws:SourceVpce']) === JSON.stringify(vpce);
    if (operator === 'StringEquals') return equal;
    // IAM: a negated operator applies when the key is missing.
    if (operator === 'StringNotEquals') return !equal;
    throw new Error(`condition ${operator} is not understood here`);
  });
}

describe('only the endpoint can invoke the API', () => {
  test('requests through the endpoint are allowed, all others denied whatever an identity policy allows', () => {
    expect(decide(api.Policy, { Ref: endpointId })).toBe('Allow');
    expect(decide(api.Policy, IMPORTED)).toBe('Deny');
    expect(decide(api.Policy, undefined)).toBe('Deny');
  });

  test('an imported endpoint is the one that is allowed', () => {
    const imported = synthesizeStack({ network: { vpcEndpointId: IMPORTED } });
    const [, { Properties }] = onlyResource(imported, 'AWS::ApiGateway::RestApi');
    expect(Properties.EndpointConfiguration.VpcEndpointIds).toEqual([IMPORTED]);
    expect(decide(Properties.Policy, IMPORTED)).toBe('Allow');
    expect(decide(Properties.Policy, 'vpce-0123456789abcdef1')).toBe('Deny');
  });
});

test('what changes in the webhook is another version, and nothing else is', () => {
  const versionOf = (settings: Parameters<typeof synthesizeStack>[0]) =>
    onlyResource(synthesizeStack(settings), 'AWS::Lambda::Version')[0];
  expect(versionOf({ freshnessSeconds: 1200 })).not.toBe(versionOf({}));
  expect(versionOf({ poll: { minutes: 1 } })).toBe(versionOf({}));
});

test('the name of the sampling rule of the longest stage has at most 32 characters', () => {
  const [[, { SamplingRule }] = ['', {}]] = ofType(variantTemplate('largest'), 'AWS::XRay::SamplingRule');
  expect(SamplingRule.RuleName.length).toBeLessThanOrEqual(32);
});
