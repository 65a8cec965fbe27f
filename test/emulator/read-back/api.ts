import { expect } from 'vitest';
import { callAws } from '../aws-call.ts';
import type { EmulatedStack } from '../emulated-stack.ts';
import type { Moto } from '../moto.ts';
import type { ReadBack } from './read-back.ts';

export const api: ReadBack = {
  what: 'the API is private, bound to the endpoint, and hands every method to the webhook',
  types: ['AWS::ApiGateway::RestApi', 'AWS::ApiGateway::Resource', 'AWS::ApiGateway::Method'],
  async compare(moto, stack) {
    const [[id, made] = ['', {}]] = stack.resolved('AWS::ApiGateway::RestApi');
    expect(await get(moto, `/restapis/${stack.idOf(id)}`)).toMatchObject({ name: made.Name });
    // The emulator's API has no place for these two.
    expect(made).toMatchObject({ BinaryMediaTypes: ['*/*'], EndpointConfiguration: { Types: ['PRIVATE'] } });
    const [endpoint = ''] = made.EndpointConfiguration.VpcEndpointIds;
    expect(endpoint).toBe(endpointOf(stack) ?? 'vpce-0123456789abcdef0');
    expect(JSON.stringify(made.Policy)).toContain(`"aws:SourceVpce":"${endpoint}"`);

    const { item } = await get(moto, `/restapis/${stack.idOf(id)}/resources`);
    expect(item).toEqual(expect.arrayContaining([expect.objectContaining({ path: '/webhooks/{account}' })]));
    const [[, method] = ['', {}]] = stack.resolved('AWS::ApiGateway::Method');
    const path = `/restapis/${method.RestApiId}/resources/${method.ResourceId}/methods/ANY/integration`;
    const { type, uri } = await get(moto, path);
    expect(type).toBe('AWS_PROXY');
    const webhook = stack.resolved('AWS::Lambda::Function').find(([, { Environment }]) => {
      return (
        'WEBHOOK_AUTHENTICATION' in (Environment?.Variables ?? {}) && 'QUEUE_URLS' in Environment.Variables
      );
    });
    expect(uri).toContain(`:function:${stack.idOf(webhook?.[0] ?? '')}/invocations`);
  },
};

/** The id of the endpoint that the stack has made, if it has. */
export function endpointOf(stack: EmulatedStack): string | undefined {
  const [endpoint] = stack.resolved('AWS::EC2::VPCEndpoint');
  return endpoint === undefined ? undefined : stack.idOf(endpoint[0]);
}

export const stage: ReadBack = {
  what: 'the stage is created upon the deployment, with its throttling',
  types: ['AWS::ApiGateway::Deployment', 'AWS::ApiGateway::Stage'],
  async compare(moto, stack) {
    const [[, wanted] = ['', {}]] = stack.resolved('AWS::ApiGateway::Stage');
    const path = `/restapis/${wanted.RestApiId}`;
    const { item } = await get(moto, `${path}/deployments`);
    const [deployment] = Array.isArray(item) ? item : [];
    const body = {
      stageName: wanted.StageName,
      deploymentId: deployment.id,
      tracingEnabled: wanted.TracingEnabled,
    };
    await callAws(moto, { service: 'apigateway', path: `${path}/stages`, body });
    const [settings] = wanted.MethodSettings;
    const patchOperations = [
      { op: 'replace', path: '/*/*/throttling/rateLimit', value: String(settings.ThrottlingRateLimit) },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: String(settings.ThrottlingBurstLimit) },
    ];
    const made = `${path}/stages/${wanted.StageName}`;
    await callAws(moto, { service: 'apigateway', method: 'PATCH', path: made, body: { patchOperations } });
    expect(await get(moto, made)).toMatchObject({
      deploymentId: deployment.id,
      tracingEnabled: true,
      methodSettings: { '*/*': { throttlingRateLimit: 200, throttlingBurstLimit: 400 } },
    });
  },
};

function get(moto: Moto, path: string) {
  return callAws(moto, { service: 'apigateway', method: 'GET', path });
}
