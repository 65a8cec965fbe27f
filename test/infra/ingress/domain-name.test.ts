import { describe, expect, test } from 'vitest';
import { json } from '../resolved.ts';
import { onlyResource, synthesizeStack } from '../synthesized.ts';
import { ALLOWLISTED } from './settings.ts';

const template = synthesizeStack({ ingress: ALLOWLISTED, accounts: ['default', 'lending'] });
const [endpointId] = onlyResource(template, 'AWS::EC2::VPCEndpoint');

describe('the domain name', () => {
  const [nameId, name] = onlyResource(template, 'AWS::ApiGateway::DomainNameV2');
  const nameArn = { 'Fn::GetAtt': [nameId, 'DomainNameArn'] };

  test('is private, has the certificate, and allows requests through the endpoint, like the API', () => {
    expect(name.Properties).toMatchObject({
      DomainName: 'webhooks.example.com',
      CertificateArn: ALLOWLISTED.certificateArn,
      EndpointConfiguration: { Types: ['PRIVATE'] },
      SecurityPolicy: 'TLS_1_2',
    });
    const [, api] = onlyResource(template, 'AWS::ApiGateway::RestApi');
    expect(name.Properties.Policy).toEqual(api.Properties.Policy);
    expect(name.Properties.Policy.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Condition: { StringNotEquals: { 'aws:SourceVpce': { Ref: endpointId } } },
      }),
    );
  });

  test('maps to the stage, for the endpoint', () => {
    const [, mapping] = onlyResource(template, 'AWS::ApiGateway::BasePathMappingV2');
    const [apiId] = onlyResource(template, 'AWS::ApiGateway::RestApi');
    const [stageId] = onlyResource(template, 'AWS::ApiGateway::Stage');
    expect(mapping.Properties).toEqual({
      DomainNameArn: nameArn,
      RestApiId: { Ref: apiId },
      Stage: { Ref: stageId },
    });
    const [, association] = onlyResource(template, 'AWS::ApiGateway::DomainNameAccessAssociation');
    expect(association.Properties).toMatchObject({
      DomainNameArn: nameArn,
      AccessAssociationSourceType: 'VPCE',
      AccessAssociationSource: { Ref: endpointId },
    });
  });
});

test('the URLs for Ocrolus have the host name, and private ones are outputs for tests from within the VPC', () => {
  const urls = template.findOutputs('WebhookUrls').WebhookUrls?.Value;
  expect(JSON.parse(urls)).toEqual({
    default: 'https://webhooks.example.com/webhooks/default',
    lending: 'https://webhooks.example.com/webhooks/lending',
  });
  const within = json(template.findOutputs('PrivateWebhookUrls').PrivateWebhookUrls?.Value);
  expect(Object.keys(Object(within))).toEqual(['default', 'lending']);
  expect(JSON.stringify(within)).toContain('.execute-api.');
});
