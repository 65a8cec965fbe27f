import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { createLogGroup, type LogProps } from '../logs.ts';

export interface WebFirewallProps extends LogProps {
  /** Part of the names. */
  readonly stage: string;
  readonly loadBalancerArn: string;
  /** Requests per second that API Gateway accepts. WAF blocks an address only above this rate. */
  readonly throttleRate: number;
}

/**
 * Rules of AWS's common rule set that only count. WAF inspects the first 8 KiB of a body, and `SizeRestrictions_BODY` blocks
 * longer ones, such as a `book.completed` of 160 KB. The signature proves that a body is genuine, and a file name that looks
 * like an attack must not block a delivery. Ocrolus does not document whether it sends a user agent.
 */
const ONLY_COUNTED = [
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'NoUserAgent_HEADER',
];

const WINDOW_SECONDS = 60;

/** AWS WAF in front of the load balancer: AWS's common rule set, and a rate limit for each source address. */
export class WebFirewall extends Construct {
  constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'WebAcl', {
      name: `ocrolus-webhooks-${props.stage}`,
      description: 'Ocrolus webhooks',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(`ocrolus-webhooks-${props.stage}`),
      rules: [
        {
          name: 'rate',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: Math.max(10, props.throttleRate * WINDOW_SECONDS),
              evaluationWindowSec: WINDOW_SECONDS,
            },
          },
          visibilityConfig: visibility('rate'),
        },
        {
          name: 'common',
          priority: 1,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: {
              vendorName: 'AWS',
              name: 'AWSManagedRulesCommonRuleSet',
              ruleActionOverrides: ONLY_COUNTED.map((name) => ({ name, actionToUse: { count: {} } })),
            },
          },
          visibilityConfig: visibility('common'),
        },
      ],
    });
    new CfnWebACLAssociation(this, 'Association', {
      webAclArn: acl.attrArn,
      resourceArn: props.loadBalancerArn,
    });
    // WAF requires this prefix of a log group's name, and an ARN without CloudWatch's `:*` at the end.
    const logGroupName = `aws-waf-logs-ocrolus-webhooks-${props.stage}`;
    // A retained log group would occupy its name when the setting is turned on again.
    const logGroup = createLogGroup(this, 'Logs', props, {
      logGroupName,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logGroupName}`,
      ],
      // This header has Basic credentials.
      redactedFields: [{ singleHeader: { Name: 'authorization' } }],
    });
    logging.node.addDependency(logGroup);
  }
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  // Sampled requests show the Authorization header in the console.
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
