import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../encryption-key.ts';

export interface WebFirewallProps {
  /** The stage, for names. */
  readonly stage: string;
  /** The load balancer that it protects. */
  readonly loadBalancerArn: string;
  /** What API Gateway lets through, in requests per second: WAF refuses no address that stays below. */
  readonly throttleRate: number;
  /** Encrypts the log. */
  readonly encryptionKey: EncryptionKey;
  /** How long the log is kept. */
  readonly logRetention: RetentionDays;
}

/**
 * Rules of AWS's common set that only count. WAF sees the first 8 KiB of a body, and `SizeRestrictions_BODY` refuses
 * whatever is longer: a `book.completed` of 160 KB would be lost. What is in a body, its signature vouches for, and a
 * borrower's file name that looks like an attack must not cost a delivery. Whether Ocrolus names a user agent,
 * it does not say.
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

/** AWS WAF before the load balancer: AWS's common rules, and a limit for each source address. */
export class WebFirewall extends Construct {
  constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'WebAcl', {
      name: `ocrolus-webhooks-${props.stage}`,
      description: 'Ocrolus webhooks',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible(`ocrolus-webhooks-${props.stage}`),
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
          visibilityConfig: visible('rate'),
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
          visibilityConfig: visible('common'),
        },
      ],
    });
    new CfnWebACLAssociation(this, 'Association', {
      webAclArn: acl.attrArn,
      resourceArn: props.loadBalancerArn,
    });
    // WAF takes no log group with another beginning of its name, and no ARN with CloudWatch's `:*` at its end.
    const logGroupName = `aws-waf-logs-ocrolus-webhooks-${props.stage}`;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName,
      retention: props.logRetention,
      encryptionKey: props.encryptionKey.key,
      // Kept, it would occupy the one name that WAF accepts when the setting is turned on again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logGroupName}`,
      ],
      // Basic credentials.
      redactedFields: [{ singleHeader: { Name: 'authorization' } }],
    });
    logging.node.addDependency(logGroup);
  }
}

function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  // Sampled requests would show the Authorization header in the console.
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
