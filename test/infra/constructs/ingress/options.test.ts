import { describe, expect, test } from 'vitest';
import { json } from '../../testing/resolved.ts';
import { ALLOWLISTED, GUARDED } from '../../testing/settings.ts';
import { onlyResource, resources, statements, synthesizeStack } from '../../testing/synthesized.ts';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const template = synthesizeStack({
  ingress: ALLOWLISTED,
  accounts: ['default', 'lending'],
  logRetentionDays: 30,
});
const [balancerId, balancer] = onlyResource(template, LOAD_BALANCER);

test('the domain name allows requests through the endpoint only, like the API', () => {
  const [, name] = onlyResource(template, 'AWS::ApiGateway::DomainNameV2');
  const [, api] = onlyResource(template, 'AWS::ApiGateway::RestApi');
  expect(name.Properties.EndpointConfiguration).toEqual({ Types: ['PRIVATE'] });
  expect(name.Properties.Policy).toEqual(api.Properties.Policy);
});

test('the URLs for Ocrolus have the host name, and private ones are outputs for tests from within the VPC', () => {
  const { WebhookUrls, PrivateWebhookUrls } = template.toJSON().Outputs;
  expect(JSON.parse(WebhookUrls.Value)).toEqual({
    default: 'https://webhooks.example.com/webhooks/default',
    lending: 'https://webhooks.example.com/webhooks/lending',
  });
  const within = expect.stringContaining('.execute-api.');
  expect(json(PrivateWebhookUrls.Value)).toEqual({ default: within, lending: within });
});

test('without a hosted zone there is no record of the host name: an output has its target', () => {
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
  const { LoadBalancerDnsName } = template.toJSON().Outputs;
  expect(LoadBalancerDnsName.Value).toEqual({ 'Fn::GetAtt': [balancerId, 'DNSName'] });
});

describe('WAF', () => {
  const guarded = synthesizeStack(GUARDED);
  const [, acl] = onlyResource(guarded, 'AWS::WAFv2::WebACL');
  const [rate, common] = acl.Properties.Rules;

  test('is off by default', () => {
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  test('blocks no client below the rate that API Gateway accepts', () => {
    const { Limit, EvaluationWindowSec } = rate.Statement.RateBasedStatement;
    expect(Limit / EvaluationWindowSec).toBe(50);
  });

  test('only counts where a genuine delivery could match: long bodies, odd file names, no user agent', () => {
    const { RuleActionOverrides } = common.Statement.ManagedRuleGroupStatement;
    for (const Name of ['SizeRestrictions_BODY', 'CrossSiteScripting_BODY', 'NoUserAgent_HEADER']) {
      expect(RuleActionOverrides).toContainEqual({ Name, ActionToUse: { Count: {} } });
    }
  });

  test('logs, encrypted, without credentials', () => {
    const [, logging] = onlyResource(guarded, 'AWS::WAFv2::LoggingConfiguration');
    expect(logging.Properties.RedactedFields).toEqual([{ SingleHeader: { Name: 'authorization' } }]);
    // WAF requires this prefix.
    const log = Object.values(guarded.findResources('AWS::Logs::LogGroup')).find(({ Properties }) =>
      String(Properties.LogGroupName).startsWith('aws-waf-logs-'),
    );
    expect(log?.Properties).toMatchObject({ KmsKeyId: expect.anything(), RetentionInDays: 90 });
    expect(JSON.stringify(logging.Properties.LogDestinationConfigs)).toContain(log?.Properties.LogGroupName);
  });
});

test('the bucket of access logs can be written in every region, before the load balancer exists', () => {
  const [bucketId, bucket] =
    resources(template, 'AWS::S3::Bucket').find(([id]) => id.startsWith('Ingress')) ?? [];
  expect(bucket?.Properties.LifecycleConfiguration.Rules).toMatchObject([{ ExpirationInDays: 30 }]);
  const [policyId, policy] =
    resources(template, 'AWS::S3::BucketPolicy').find(([, it]) => it.Properties.Bucket.Ref === bucketId) ??
    [];
  const allowing = statements(policy?.Properties.PolicyDocument).filter(({ Effect }) => Effect === 'Allow');
  expect(allowing).toMatchObject([
    { Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' }, Action: ['s3:PutObject'] },
  ]);
  expect(JSON.stringify(allowing)).toContain('"/load-balancer/AWSLogs/",{"Ref":"AWS::AccountId"},"/*"');
  expect(balancer.DependsOn).toContain(policyId);
});
