import { describe, expect, test } from 'vitest';
import { GUARDED } from '../testing/settings.ts';
import {
  lambdaOf,
  onlyResource,
  resources,
  type Statement,
  statements,
  synthesizeStack,
} from '../testing/synthesized.ts';
import { ofType } from '../testing/template.ts';
import { variantTemplate } from '../variants.ts';

const template = synthesizeStack({ accounts: ['default', 'lending'] });
const [apiId, { Properties: api }] = onlyResource(template, 'AWS::ApiGateway::RestApi');
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
  test('it is private, and bound to one endpoint', () => {
    expect(api.EndpointConfiguration).toEqual({ Types: ['PRIVATE'], VpcEndpointIds: [{ Ref: endpointId }] });
  });

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

  test('the webhook Lambda can be invoked by this API and by nothing else', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::Lambda::Permission');
    const [aliasId, alias] = onlyResource(template, 'AWS::Lambda::Alias');
    expect(alias.Properties.FunctionName).toEqual({ Ref: lambdaOf(template, 'webhook')[0] });
    expect(Properties.FunctionName).toEqual({ Ref: aliasId });
    expect(Properties.Principal).toBe('apigateway.amazonaws.com');
    expect(JSON.stringify(Properties.SourceArn)).toContain(`{"Ref":"${apiId}"}`);
  });
});

test('bodies reach the Lambda as the bytes that were signed', () => {
  expect(api.BinaryMediaTypes).toEqual(['*/*']);
});

test('any method on /webhooks/{account} reaches the Lambda, which answers 405 itself', () => {
  const paths = resources(template, 'AWS::ApiGateway::Resource').map(([, it]) => it.Properties.PathPart);
  expect(paths).toEqual(['webhooks', '{account}']);
  const [, method] = onlyResource(template, 'AWS::ApiGateway::Method');
  // With another type of authorization, API Gateway would read the Authorization header.
  expect(method.Properties).toMatchObject({ HttpMethod: 'ANY', AuthorizationType: 'NONE' });
});

describe('the stage', () => {
  const [, { Properties: stage }] = onlyResource(template, 'AWS::ApiGateway::Stage');

  test('throttles as the settings say', () => {
    const throttled = synthesizeStack(GUARDED);
    const [, { Properties }] = onlyResource(throttled, 'AWS::ApiGateway::Stage');
    expect(Properties.MethodSettings).toMatchObject([{ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }]);
  });

  test('writes an access log of JSON lines without bodies, headers or anything else that a client wrote', () => {
    const format: Record<string, string> = JSON.parse(stage.AccessLogSetting.Format);
    expect(format).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(Object.values(format).join(' ')).not.toMatch(/body|userAgent|message/i);
    expect(stage.MethodSettings).toMatchObject([{ DataTraceEnabled: false }]);
  });

  test('can write it: a stage that says so sets the role of the account for API Gateway, and no other stage does', () => {
    const [, account] = onlyResource(
      synthesizeStack({ apiGatewayLogRole: true }),
      'AWS::ApiGateway::Account',
    );
    // The role is the account's: deleting it with the stack would stop the logs of other APIs.
    expect(account.DeletionPolicy).toBe('Retain');
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
  });
});

test('the name of the sampling rule of the longest stage has at most 32 characters', () => {
  const [[, { SamplingRule }] = ['', {}]] = ofType(variantTemplate('largest'), 'AWS::XRay::SamplingRule');
  expect(SamplingRule.RuleName.length).toBeLessThanOrEqual(32);
});
