import { describe, expect, test } from 'vitest';
import {
  lambdaOf,
  onlyResource,
  resources,
  type Statement,
  statements,
  synthesizeStack,
  synthesizeTemplate,
} from './synthesized.ts';

const template = synthesizeStack({ accounts: ['default', 'lending'] });
const [apiId, { Properties: api }] = onlyResource(template, 'AWS::ApiGateway::RestApi');
const [endpointId] = onlyResource(template, 'AWS::EC2::VPCEndpoint');

/** Decision of the resource policy on a request through an endpoint, or from elsewhere (`undefined`). */
function decide(vpce: unknown): 'Allow' | 'Deny' | 'nothing' {
  const applying = statements(api.Policy).filter((statement) => applies(statement, vpce));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'Deny';
  return applying.some(({ Effect }) => Effect === 'Allow') ? 'Allow' : 'nothing';
}

function applies({ Action, Resource, Principal, Condition = {} }: Statement, vpce: unknown): boolean {
  expect(Action).toEqual(['execute-api:Invoke']);
  expect(Resource).toEqual(['execute-api:/*']);
  expect(Principal).toEqual({ AWS: '*' });
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

  test('requests through the endpoint are allowed', () => {
    expect(decide({ Ref: endpointId })).toBe('Allow');
  });

  test('all other requests are explicitly denied, whatever an identity policy allows', () => {
    expect(decide('vpce-0123456789abcdef0')).toBe('Deny');
    expect(decide(undefined)).toBe('Deny');
  });

  test('an imported endpoint is the one that is allowed', () => {
    const imported = synthesizeStack({ network: { vpcEndpointId: 'vpce-0123456789abcdef0' } });
    const [, { Properties }] = onlyResource(imported, 'AWS::ApiGateway::RestApi');
    expect(Properties.EndpointConfiguration.VpcEndpointIds).toEqual(['vpce-0123456789abcdef0']);
    const conditions = statements(Properties.Policy).map(({ Effect, Condition }) => [Effect, Condition]);
    expect(conditions).toEqual([
      ['Allow', { StringEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } }],
      ['Deny', { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } }],
    ]);
  });

  test('the webhook Lambda can be invoked by this API and by nothing else', () => {
    const [, permission] = onlyResource(template, 'AWS::Lambda::Permission');
    expect(permission.Properties.FunctionName).toEqual({
      'Fn::GetAtt': [lambdaOf(template, 'webhook')[0], 'Arn'],
    });
    expect(permission.Properties.Principal).toBe('apigateway.amazonaws.com');
    expect(JSON.stringify(permission.Properties.SourceArn)).toContain(`{"Ref":"${apiId}"}`);
  });
});

test('bodies reach the Lambda as the bytes that were signed', () => {
  expect(api.BinaryMediaTypes).toEqual(['*/*']);
});

test('any method on /webhooks/{account} reaches the Lambda, which answers 405 itself', () => {
  const paths = resources(template, 'AWS::ApiGateway::Resource').map(
    ([, { Properties }]) => Properties.PathPart,
  );
  expect(paths).toEqual(['webhooks', '{account}']);
  const [, method] = onlyResource(template, 'AWS::ApiGateway::Method');
  expect(method.Properties).toMatchObject({
    HttpMethod: 'ANY',
    // Otherwise, API Gateway would read the Authorization header.
    AuthorizationType: 'NONE',
    Integration: { Type: 'AWS_PROXY' },
  });
});

describe('the stage', () => {
  const [, { Properties: stage }] = onlyResource(template, 'AWS::ApiGateway::Stage');

  test('throttles and traces', () => {
    expect(stage.TracingEnabled).toBe(true);
    expect(stage.MethodSettings).toEqual([
      expect.objectContaining({
        ThrottlingRateLimit: 200,
        ThrottlingBurstLimit: 400,
        DataTraceEnabled: false,
      }),
    ]);
  });

  test('writes an access log of JSON lines without bodies, headers or anything else that a client wrote', () => {
    const format: Record<string, string> = JSON.parse(stage.AccessLogSetting.Format);
    expect(format).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(Object.values(format).join(' ')).not.toMatch(/body|userAgent|message/i);
  });

  test('can write it: the stack sets the account’s role for API Gateway, unless another stack does', () => {
    const [, account] = onlyResource(template, 'AWS::ApiGateway::Account');
    // The role is the account's: deleting it with the stack would stop the logs of other APIs.
    expect(account.DeletionPolicy).toBe('Retain');
    synthesizeStack({ apiGatewayLogRole: false }).resourceCountIs('AWS::ApiGateway::Account', 0);
  });
});

test('the URL of every account is an output, and needs no private DNS', () => {
  const urls = JSON.stringify(template.findOutputs('WebhookUrls').WebhookUrls?.Value);
  expect(urls).toContain('/webhooks/default');
  expect(urls).toContain('/webhooks/lending');
  expect(urls).toContain(`{"Ref":"${apiId}"},"-",{"Ref":"${endpointId}"},".execute-api."`);
});

/**
 * A sampling rule applies to requests through the API. Lambda's own rate for other invocations, one a second and 5 %, is fixed:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-configuring-xray-sampling-rules.html
 */
test('the stack’s sampling rule limits the cost of traces, whatever the rule of the account is', () => {
  const sampled = synthesizeStack();
  const [, { Properties }] = onlyResource(sampled, 'AWS::XRay::SamplingRule');
  const [, api] = onlyResource(sampled, 'AWS::ApiGateway::RestApi');
  expect(Properties.SamplingRule).toMatchObject({
    ServiceType: 'AWS::ApiGateway::Stage',
    ServiceName: `${api.Properties.Name}/test`,
    ReservoirSize: 1,
    FixedRate: 0.01,
  });
  const longest = synthesizeTemplate({ stage: 'a-sixteen-letter' });
  const rules: { SamplingRule?: { RuleName: string } }[] = Object.values(longest.Resources ?? {}).map(
    (resource) => (resource as { Properties?: { SamplingRule?: { RuleName: string } } }).Properties ?? {},
  );
  const names = rules.flatMap(({ SamplingRule }) =>
    SamplingRule === undefined ? [] : [SamplingRule.RuleName],
  );
  expect(names).toHaveLength(1);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(32);
});
