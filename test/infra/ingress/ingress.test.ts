import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { OCROLUS_ADDRESSES } from '../../../infra/config/ingress.ts';
import { onlyResource, type Resource, resources, synthesizeStack } from '../synthesized.ts';
import { ALLOWLISTED } from './settings.ts';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

/** The security group of the load balancer, and its id. */
function balancerGroup(template: Template): [string, Resource] {
  const [, balancer] = onlyResource(template, LOAD_BALANCER);
  const id: string = balancer.Properties.SecurityGroups[0]['Fn::GetAtt'][0];
  const found = resources(template, 'AWS::EC2::SecurityGroup').find(([group]) => group === id);
  if (found === undefined) throw new Error(`no security group ${id}`);
  return found;
}

describe('private', () => {
  const template = synthesizeStack();

  test('has nothing that the internet can reach', () => {
    for (const type of [LOAD_BALANCER, 'AWS::EC2::InternetGateway', 'AWS::ApiGateway::DomainNameV2']) {
      template.resourceCountIs(type, 0);
    }
    expect(template.findOutputs('PrivateWebhookUrls')).toEqual({});
  });
});

describe('allowlisted', () => {
  const template = synthesizeStack({ ingress: ALLOWLISTED });
  const [endpointId, endpoint] = onlyResource(template, 'AWS::EC2::VPCEndpoint');
  const [, balancer] = onlyResource(template, LOAD_BALANCER);
  const [groupId, group] = balancerGroup(template);

  describe('who may connect', () => {
    test('only the source addresses, and only to port 443', () => {
      const rules: Record<string, unknown>[] = group.Properties.SecurityGroupIngress;
      expect(rules.map(({ CidrIp }) => CidrIp)).toEqual(OCROLUS_ADDRESSES);
      for (const rule of rules) expect(rule).toMatchObject({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
      for (const [, { Properties }] of resources(template, 'AWS::EC2::SecurityGroupIngress')) {
        expect(Properties.GroupId).not.toEqual({ 'Fn::GetAtt': [groupId, 'GroupId'] });
      }
      for (const [, { Properties }] of resources(template, 'AWS::EC2::SecurityGroup')) {
        expect(JSON.stringify(Properties.SecurityGroupIngress)).not.toContain('0.0.0.0/0');
      }
    });

    test('another list of addresses replaces them', () => {
      const other = synthesizeStack({ ingress: { ...ALLOWLISTED, sourceAddresses: ['198.51.100.0/24'] } });
      const [, { Properties }] = balancerGroup(other);
      expect(Properties.SecurityGroupIngress).toEqual([
        expect.objectContaining({ CidrIp: '198.51.100.0/24' }),
      ]);
    });

    test('the load balancer itself can reach the endpoint, and nothing else', () => {
      const endpointGroup = endpoint.Properties.SecurityGroupIds[0];
      expect(group.Properties).not.toHaveProperty('SecurityGroupEgress');
      // With such a rule, EC2 removes the default rule that allows everything.
      const [, egress] = onlyResource(template, 'AWS::EC2::SecurityGroupEgress');
      expect(egress.Properties).toMatchObject({
        GroupId: { 'Fn::GetAtt': [groupId, 'GroupId'] },
        DestinationSecurityGroupId: endpointGroup,
        FromPort: 443,
        ToPort: 443,
      });
    });
  });

  describe('the load balancer', () => {
    test('is in public subnets, in which nothing gets a public address automatically', () => {
      expect(balancer.Properties).toMatchObject({ Scheme: 'internet-facing', Type: 'application' });
      const subnets = balancer.Properties.Subnets.map(({ Ref }: { Ref: string }) => Ref);
      const routed = resources(template, 'AWS::EC2::SubnetRouteTableAssociation').map(
        ([, { Properties }]) => Properties.SubnetId.Ref,
      );
      expect(subnets).toHaveLength(2);
      expect(routed).toEqual(expect.arrayContaining(subnets));
      for (const [, { Properties }] of resources(template, 'AWS::EC2::Subnet')) {
        expect(Properties.MapPublicIpOnLaunch).toBe(false);
      }
      template.resourceCountIs('AWS::EC2::NatGateway', 0);
      template.resourceCountIs('AWS::EC2::EIP', 0);
    });

    test('the endpoint stays in isolated subnets, which have the same ranges as without a load balancer', () => {
      const ranges = (from: Template) =>
        Object.fromEntries(
          endpoint.Properties.SubnetIds.map(({ Ref }: { Ref: string }) => {
            return [Ref, from.findResources('AWS::EC2::Subnet')[Ref]?.Properties.CidrBlock];
          }),
        );
      expect(Object.values(ranges(template))).toEqual(['10.64.0.0/26', '10.64.0.64/26']);
      expect(ranges(template)).toEqual(ranges(synthesizeStack()));
      const routes = resources(template, 'AWS::EC2::Route').map(([, { Properties }]) => Properties);
      expect(routes).toHaveLength(2);
      for (const { RouteTableId } of routes) expect(RouteTableId.Ref).toContain('LoadBalancerSubnet');
    });

    test('uses TLS 1.2 or newer with the certificate, and listens on no other port', () => {
      const [, listener] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::Listener');
      expect(listener.Properties).toMatchObject({
        Port: 443,
        Protocol: 'HTTPS',
        SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        Certificates: [{ CertificateArn: ALLOWLISTED.certificateArn }],
      });
    });

    test('forwards only the webhooks of the stage’s host: the endpoint leads to other private APIs as well', () => {
      const [, listener] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::Listener');
      expect(listener.Properties.DefaultActions).toEqual([
        { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } },
      ]);
      const [, rule] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
      expect(rule.Properties.Conditions).toEqual([
        { Field: 'host-header', HostHeaderConfig: { Values: ['webhooks.example.com'] } },
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/webhooks/*'] } },
      ]);
    });

    test('drops invalid headers and logs every request', () => {
      const [bucketId] =
        resources(template, 'AWS::S3::Bucket').find(([id]) => id.startsWith('Ingress')) ?? [];
      expect(balancer.Properties.LoadBalancerAttributes).toEqual(
        expect.arrayContaining([
          { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
          { Key: 'access_logs.s3.enabled', Value: 'true' },
          { Key: 'access_logs.s3.bucket', Value: { Ref: bucketId } },
        ]),
      );
    });
  });

  describe('the targets', () => {
    const [lookupId, lookup] = onlyResource(template, 'Custom::EndpointAddresses');
    const [, targets] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');

    test('are the addresses of the endpoint, which are healthy when API Gateway answers 403', () => {
      expect(targets.Properties).toMatchObject({
        TargetType: 'ip',
        Protocol: 'HTTPS',
        Port: 443,
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html: else HTTP
        HealthCheckProtocol: 'HTTPS',
        Matcher: { HttpCode: '403' },
        Targets: [0, 1].map((index) => ({
          Id: { 'Fn::GetAtt': [lookupId, `NetworkInterfaces.${index}.PrivateIpAddress`] },
          Port: 443,
        })),
      });
    });

    test('are looked up again when the endpoint or its network interfaces change', () => {
      for (const event of ['Create', 'Update']) {
        const call = lookup.Properties[event]['Fn::Join'][1].filter(
          (part: unknown) => typeof part === 'object',
        );
        const interfaceIds = { 'Fn::GetAtt': [endpointId, 'NetworkInterfaceIds'] };
        expect(call).toEqual([
          { 'Fn::Select': [0, interfaceIds] },
          { 'Fn::Select': [1, interfaceIds] },
          { Ref: endpointId },
        ]);
        expect(JSON.stringify(lookup.Properties[event])).toContain('describeNetworkInterfaces');
      }
      expect(lookup.Properties.InstallLatestAwsSdk).toBe(false);
    });

    test('the Lambda that looks them up has no other permission, and is configured like the others', () => {
      const lambdaId: string = lookup.Properties.ServiceToken['Fn::GetAtt'][0];
      const lambda = template.findResources('AWS::Lambda::Function')[lambdaId]?.Properties;
      expect(lambda).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON' },
      });
      const role: string = lambda.Role['Fn::GetAtt'][0];
      expect(template.findResources('AWS::IAM::Role')[role]?.Properties).not.toHaveProperty(
        'ManagedPolicyArns',
      );
      const actions = resources(template, 'AWS::IAM::Policy')
        .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
        .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
        .flatMap(({ Action }: { Action: string | string[] }) => Action);
      expect(actions.sort()).toEqual([
        'ec2:DescribeNetworkInterfaces',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
      ]);
      const log = template.findResources('AWS::Logs::LogGroup')[lambda.LoggingConfig.LogGroup.Ref];
      expect(log?.Properties).toMatchObject({ KmsKeyId: expect.anything(), RetentionInDays: 90 });
    });
  });

  test('the endpoint keeps its default policy: with another, Basic authentication would be answered 403', () => {
    expect(endpoint.Properties).not.toHaveProperty('PolicyDocument');
    const [, method] = onlyResource(template, 'AWS::ApiGateway::Method');
    expect(method.Properties.AuthorizationType).toBe('NONE');
  });
});
