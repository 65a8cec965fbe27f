import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect } from 'vitest';
import { callAws } from '../aws-call.ts';
import type { Moto } from '../moto.ts';
import { route53 } from '../query-call.ts';
import { byName, type ReadBack } from './read-back.ts';

export const loadBalancer: ReadBack = {
  what: 'the load balancer forwards our host and path only, and writes its logs',
  types: [
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'AWS::ElasticLoadBalancingV2::Listener',
    'AWS::ElasticLoadBalancingV2::ListenerRule',
    'AWS::ElasticLoadBalancingV2::TargetGroup',
  ],
  async compare(moto, stack) {
    const elb = new ElasticLoadBalancingV2Client(moto.client);
    for (const [id, wanted] of stack.resolved('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
      const LoadBalancerArn = stack.idOf(id);
      const { LoadBalancers: [made] = [] } = await elb.send(
        new DescribeLoadBalancersCommand({ LoadBalancerArns: [LoadBalancerArn] }),
      );
      expect(made, id).toMatchObject({ Scheme: wanted.Scheme, SecurityGroups: wanted.SecurityGroups });
      expect(made?.AvailabilityZones?.map(({ SubnetId }) => SubnetId).sort(), id).toEqual(
        [...wanted.Subnets].sort(),
      );
      // The emulator's CloudFormation passes over them.
      await elb.send(
        new ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn,
          Attributes: wanted.LoadBalancerAttributes,
        }),
      );
      const { Attributes = [] } = await elb.send(
        new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
      );
      const attributes = Attributes.map(({ Key = '', Value = '' }) => ({ Key, Value }));
      expect(byName(attributes), id).toMatchObject(byName(wanted.LoadBalancerAttributes));
    }
    for (const [id, wanted] of stack.resolved('AWS::ElasticLoadBalancingV2::TargetGroup')) {
      const { TargetGroups: [made] = [] } = await elb.send(
        new DescribeTargetGroupsCommand({ TargetGroupArns: [stack.idOf(id)] }),
      );
      const { HealthCheckPath, HealthCheckProtocol, Matcher, Port, Protocol, TargetType, VpcId } = wanted;
      expect(made, id).toMatchObject({
        HealthCheckPath,
        HealthCheckProtocol,
        Matcher,
        Port,
        Protocol,
        TargetType,
        VpcId,
      });
    }
    for (const [id, wanted] of stack.resolved('AWS::ElasticLoadBalancingV2::Listener')) {
      const { Listeners: [made] = [] } = await elb.send(
        new DescribeListenersCommand({ ListenerArns: [stack.idOf(id)] }),
      );
      const { Certificates, Port, Protocol, SslPolicy, DefaultActions } = wanted;
      expect(made, id).toMatchObject({ Certificates, Port, Protocol, SslPolicy, DefaultActions });
    }
    for (const [id, { Actions, Conditions, ListenerArn }] of stack.resolved(
      'AWS::ElasticLoadBalancingV2::ListenerRule',
    )) {
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
      expect(Rules, id).toContainEqual(expect.objectContaining({ Priority: '1' }));
      const made = Rules.find(({ Priority }) => Priority === '1');
      expect(made, id).toMatchObject({ Actions, Conditions });
    }
    elb.destroy();
  },
};

export const record: ReadBack = {
  what: 'the host name leads to the load balancer',
  types: ['AWS::Route53::RecordSet'],
  async compare(moto, stack) {
    for (const [id, { AliasTarget, HostedZoneId, Name, Type }] of stack.resolved('AWS::Route53::RecordSet')) {
      const answer = await route53(moto, 'GET', `/hostedzone/${HostedZoneId}/rrset`);
      const sets = Object.values(answer.ListResourceRecordSetsResponse.ResourceRecordSets).flat();
      expect(sets, id).toContainEqual(
        expect.objectContaining({
          Name,
          Type,
          AliasTarget: expect.objectContaining({ DNSName: AliasTarget.DNSName }),
        }),
      );
    }
  },
};

export const firewall: ReadBack = {
  what: 'WAF has its rules, guards the load balancer, and logs without credentials',
  types: ['AWS::WAFv2::WebACL', 'AWS::WAFv2::WebACLAssociation', 'AWS::WAFv2::LoggingConfiguration'],
  async compare(moto, stack) {
    for (const [id, { Name, Scope, ...wanted }] of stack.resolved('AWS::WAFv2::WebACL')) {
      const { Summary } = await waf(moto, 'CreateWebACL', { Name, Scope, ...wanted });
      const { ARN, Id } = Object(Summary);
      const { WebACL } = await waf(moto, 'GetWebACL', { Name, Scope, Id });
      expect(WebACL, id).toMatchObject({ Rules: wanted.Rules, DefaultAction: wanted.DefaultAction });
      for (const [, { ResourceArn }] of stack.resolved('AWS::WAFv2::WebACLAssociation')) {
        await waf(moto, 'AssociateWebACL', { WebACLArn: ARN, ResourceArn });
        expect(await waf(moto, 'GetWebACLForResource', { ResourceArn })).toMatchObject({ WebACL: { ARN } });
      }
      for (const [, { LogDestinationConfigs, RedactedFields }] of stack.resolved(
        'AWS::WAFv2::LoggingConfiguration',
      )) {
        const LoggingConfiguration = { ResourceArn: ARN, LogDestinationConfigs, RedactedFields };
        await waf(moto, 'PutLoggingConfiguration', { LoggingConfiguration });
        const made = await waf(moto, 'GetLoggingConfiguration', { ResourceArn: ARN });
        expect(made, id).toMatchObject({ LoggingConfiguration });
        // WAF takes a group's ARN without the `:*` that CloudFormation has behind it.
        expect(LogDestinationConfigs[0]).toMatch(/:log-group:aws-waf-logs-[\w-]+$/);
      }
    }
  },
};

function waf(moto: Moto, operation: string, body: object): Promise<Record<string, unknown>> {
  return callAws(moto, { service: 'wafv2', target: `AWSWAF_20190729.${operation}`, body });
}
