import { describe, expect, test } from 'vitest';
import type { SettingsInput } from '../../../infra/config/settings.ts';
import { ALLOWLISTED, IMPORTED_VPC } from '../testing/settings.ts';
import { onlyResource, synthesizeStack } from '../testing/synthesized.ts';

type Changed = Omit<SettingsInput, 'stage'>;

const deploymentOf = (settings: Changed = {}) =>
  onlyResource(synthesizeStack(settings), 'AWS::ApiGateway::Deployment')[0];

/**
 * A changed resource policy has no effect until the API is deployed again, and CloudFormation deploys it again only under
 * another logical id:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html
 */
describe('the API is deployed again', () => {
  const { vpc } = IMPORTED_VPC;
  const NETWORKS: readonly [string, Changed][] = [
    ['a created VPC', {}],
    ['a created VPC with another range', { network: { vpc: { source: 'created', cidr: '10.65.0.0/24' } } }],
    ['an imported VPC', { network: IMPORTED_VPC }],
    ['another imported VPC', { network: { vpc: { ...vpc, vpcId: 'vpc-0123456789abcdef9' } } }],
    ['an imported VPC with private DNS', { network: { vpc: { ...vpc, privateDns: true } } }],
    ['an imported endpoint', { network: { vpcEndpointId: 'vpce-0123456789abcdef0' } }],
    ['another imported endpoint', { network: { vpcEndpointId: 'vpce-0123456789abcdef1' } }],
    ['a load balancer', { ingress: ALLOWLISTED }],
    ['a load balancer with another host', { ingress: { ...ALLOWLISTED, hostName: 'other.example.com' } }],
  ];

  test('when network or ingress change', () => {
    const deployments = NETWORKS.map(([, settings]) => deploymentOf(settings));
    expect(new Set(deployments).size).toBe(NETWORKS.length);
    // Nine templates.
  }, 60_000);

  test.each<[string, Changed]>([
    ['log level', { logLevel: 'DEBUG' }],
    ['poller', { poll: { minutes: 1 } }],
    ['tags', { tags: { owner: 'lending' } }],
  ])('but not when only the %s changes', (_, settings) => {
    expect(deploymentOf(settings)).toBe(deploymentOf());
  });
});
