import { describe, expect, test } from 'vitest';
import { onlyResource, resources, statements, synthesizeStack } from '../synthesized.ts';
import { ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS } from './settings.ts';

describe('in an imported VPC', () => {
  const template = synthesizeStack({
    network: IMPORTED_VPC,
    ingress: { ...ALLOWLISTED, ...PUBLIC_SUBNETS },
  });

  test('the load balancer is in the given public subnets, and no part of the VPC is created', () => {
    const [, balancer] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer.Properties.Subnets).toEqual(PUBLIC_SUBNETS.publicSubnetIds);
    for (const type of ['VPC', 'Subnet', 'Route', 'InternetGateway', 'NatGateway']) {
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
  });

  test('there is a target in each of the subnets of the endpoint', () => {
    const [, targets] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(targets.Properties.Targets).toHaveLength(IMPORTED_VPC.vpc.subnetIds.length);
    expect(targets.Properties.VpcId).toBe(IMPORTED_VPC.vpc.vpcId);
  });
});

describe('the record of the host name', () => {
  test('is created in the hosted zone, if one is set', () => {
    const zone = { hostedZoneId: 'Z0123456789', zoneName: 'example.com' };
    const template = synthesizeStack({ ingress: { ...ALLOWLISTED, ...zone } });
    const [balancerId] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const [, record] = onlyResource(template, 'AWS::Route53::RecordSet');
    expect(record.Properties).toMatchObject({
      HostedZoneId: 'Z0123456789',
      Name: 'webhooks.example.com.',
      Type: 'A',
    });
    expect(JSON.stringify(record.Properties.AliasTarget)).toContain(`["${balancerId}","DNSName"]`);
  });

  test('is otherwise not created: an output has its target', () => {
    const template = synthesizeStack({ ingress: ALLOWLISTED });
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    const [balancerId] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(template.findOutputs('LoadBalancerDnsName').LoadBalancerDnsName?.Value).toEqual({
      'Fn::GetAtt': [balancerId, 'DNSName'],
    });
  });
});

describe('WAF', () => {
  test('is off by default', () => {
    synthesizeStack({ ingress: ALLOWLISTED }).resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  const template = synthesizeStack({
    ingress: { ...ALLOWLISTED, waf: true },
    throttle: { rate: 50, burst: 100 },
  });
  const [aclId, acl] = onlyResource(template, 'AWS::WAFv2::WebACL');
  const [rate, common] = acl.Properties.Rules;

  test('protects the load balancer', () => {
    const [balancerId] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const [, association] = onlyResource(template, 'AWS::WAFv2::WebACLAssociation');
    expect(association.Properties).toEqual({
      ResourceArn: { Ref: balancerId },
      WebACLArn: { 'Fn::GetAtt': [aclId, 'Arn'] },
    });
    expect(acl.Properties.Scope).toBe('REGIONAL');
  });

  test('blocks no client below the rate that API Gateway accepts', () => {
    const { Limit, EvaluationWindowSec } = rate.Statement.RateBasedStatement;
    expect(Limit / EvaluationWindowSec).toBe(50);
  });

  test('only counts where a genuine delivery could match: long bodies, odd file names, no user agent', () => {
    const group = common.Statement.ManagedRuleGroupStatement;
    expect(group).toMatchObject({ VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' });
    const counted = group.RuleActionOverrides.map(({ Name, ActionToUse }: Record<string, unknown>) => {
      expect(ActionToUse).toEqual({ Count: {} });
      return Name;
    });
    expect(counted).toEqual(expect.arrayContaining(['SizeRestrictions_BODY', 'NoUserAgent_HEADER']));
  });

  test('logs, encrypted, without credentials', () => {
    const [, logging] = onlyResource(template, 'AWS::WAFv2::LoggingConfiguration');
    expect(logging.Properties.RedactedFields).toEqual([{ SingleHeader: { Name: 'authorization' } }]);
    const [, log] =
      resources(template, 'AWS::Logs::LogGroup').find(([, { Properties }]) =>
        // WAF requires this prefix.
        String(Properties.LogGroupName).startsWith('aws-waf-logs-'),
      ) ?? [];
    expect(log?.Properties).toMatchObject({ KmsKeyId: expect.anything(), RetentionInDays: 90 });
    expect(JSON.stringify(logging.Properties.LogDestinationConfigs)).toContain(log?.Properties.LogGroupName);
  });
});

describe('the bucket of access logs', () => {
  const template = synthesizeStack({ ingress: ALLOWLISTED, logRetentionDays: 30 });
  const [bucketId, bucket] =
    resources(template, 'AWS::S3::Bucket').find(([id]) => id.startsWith('Ingress')) ?? [];

  test('is not public, keeps logs as long as CloudWatch does, and has the only supported encryption', () => {
    expect(bucket?.Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: { Rules: [expect.objectContaining({ ExpirationInDays: 30 })] },
    });
  });

  test('can be written by Elastic Load Balancing in every region, before the load balancer exists', () => {
    const [policyId, policy] =
      resources(template, 'AWS::S3::BucketPolicy').find(
        ([, { Properties }]) => Properties.Bucket.Ref === bucketId,
      ) ?? [];
    const allowing = statements(policy?.Properties.PolicyDocument).filter(({ Effect }) => Effect === 'Allow');
    expect(allowing).toEqual([
      expect.objectContaining({
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: ['s3:PutObject'],
      }),
    ]);
    expect(JSON.stringify(allowing)).toContain('"/load-balancer/AWSLogs/",{"Ref":"AWS::AccountId"},"/*"');
    const [, balancer] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer.DependsOn).toContain(policyId);
  });
});
