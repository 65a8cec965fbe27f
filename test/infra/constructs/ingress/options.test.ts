import { describe, expect, test } from 'vitest';
import { ALLOWLISTED, GUARDED } from '../../testing/settings.ts';
import { onlyResource, synthesizeStack } from '../../testing/synthesized.ts';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const template = synthesizeStack({
  ingress: ALLOWLISTED,
  accounts: ['default', 'lending'],
  logRetentionDays: 30,
});
const [balancerId] = onlyResource(template, LOAD_BALANCER);

test('the domain name allows requests through the endpoint only, like the API', () => {
  const [, name] = onlyResource(template, 'AWS::ApiGateway::DomainNameV2');
  const [, api] = onlyResource(template, 'AWS::ApiGateway::RestApi');
  expect(name.Properties.EndpointConfiguration).toEqual({ Types: ['PRIVATE'] });
  expect(name.Properties.Policy).toEqual(api.Properties.Policy);
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
