import { type Accepted, inPacks } from '../accepted.ts';

const STAGE = /^WebhookApi\/Api\/DeploymentStage\.[\w-]+\/Resource$/;
const BALANCER = /^Ingress\/LoadBalancer\/Balancer[\w.-]*\/Resource$/;
const LOG_BUCKET = /^Ingress\/Logs\/Bucket\/Resource$/;

/** The Lambda of `AwsCustomResource`, whose id CDK chooses. */
const LOOKUP = /^AWS679f53fac002430cb0da5b7982bd2287\/Resource$/;

/** Findings on the private REST API, the VPC of the endpoint and the allowlisted ingress. */
export const NETWORK: readonly Accepted[] = [
  {
    on: /^WebhookApi\/Api\/Resource$/,
    findings: ['AwsSolutions-APIG2'],
    reason:
      'A model would be checked before the signature, against bodies whose shape Ocrolus changes without notice. ' +
      'The Lambda checks size, signature, freshness and shape, in this order.',
  },
  {
    on: /^WebhookApi\/Api\/Default\/webhooks\/\{account\}\/ANY\/Resource$/,
    findings: ['AwsSolutions-APIG4', 'AwsSolutions-COG4'],
    reason:
      'Ocrolus signs its deliveries and cannot log in: the Lambda verifies the HMAC (and Basic credentials, if set) ' +
      'in constant time. The resource policy refuses every request that does not come through the one VPC endpoint.',
  },
  {
    on: STAGE,
    findings: ['AwsSolutions-APIG3', ...inPacks(['nist', 'pci'], 'APIGWAssociatedWithWAF')],
    reason:
      'The API is private. With the ingress `allowlisted`, the security group of the load balancer limits source addresses, ' +
      'and the setting ingress.waf puts a web ACL in front of it. Throttling is set on the stage.',
  },
  {
    on: STAGE,
    findings: ['AwsSolutions-APIG6', ...inPacks(['hipaa', 'nist', 'pci'], 'APIGWExecutionLoggingEnabled')],
    reason:
      'Execution logs can contain bodies and signatures, in a log group that API Gateway creates, without the stack’s key ' +
      'and without an expiry. The access log has a line for every request, is encrypted and expires.',
  },
  {
    on: STAGE,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'APIGWCacheEnabledAndEncrypted'),
    reason: 'Only POST is served, and no answer may come from a cache. There is no cache to encrypt.',
  },
  {
    on: STAGE,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'APIGWSSLEnabled'),
    reason:
      'A client certificate proves to an HTTP backend that API Gateway calls it. The backend here is a Lambda, and IAM ' +
      'allows only this API to invoke it.',
  },
  {
    on: /^Network\/Vpc[\w.-]*\/Resource$/,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'VPCDefaultSecurityGroupClosed'),
    reason:
      'Nothing uses the default group, and CloudFormation cannot close it: CDK would add a Lambda with permissions on ' +
      'security groups. The group allows only its own members, and has none.',
  },
  {
    on: /^Network\/Vpc[\w.-]*\/LoadBalancerSubnet\d\/DefaultRoute$/,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'VPCNoUnrestrictedRouteToIGW'),
    reason:
      'An internet-facing load balancer needs the route to answer. Nothing else is in these subnets, and its security ' +
      'group allows port 443 from the source addresses only. The endpoint’s subnets have no such route.',
  },
  {
    on: BALANCER,
    findings: inPacks(['nist', 'pci'], 'ALBWAFEnabled'),
    reason:
      'Only Ocrolus’s addresses can connect, and the signature of every delivery covers its exact bytes. The setting ' +
      'ingress.waf adds AWS WAF if an organization requires it.',
  },
  {
    on: BALANCER,
    findings: inPacks(['hipaa', 'nist'], 'ELBDeletionProtectionEnabled'),
    reason:
      'In the template, it would block the rollback of a failed deployment, which has to delete the load balancer. ' +
      '`ops protect` turns it on, with the termination protection of the stack, once a deployment has succeeded.',
  },
  {
    on: LOG_BUCKET,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'S3DefaultEncryptionKMS'),
    reason:
      'Elastic Load Balancing can write access logs only with SSE-S3, as AWS documents. They contain addresses, paths and ' +
      'status codes, but no bodies or credentials.',
  },
  {
    on: LOG_BUCKET,
    findings: ['AwsSolutions-S1', ...inPacks(['hipaa', 'nist', 'pci'], 'S3BucketLoggingEnabled')],
    reason:
      'Accesses to this bucket are logged in the account’s bucket for logs, if the setting security.bucketAccessLogs ' +
      'names it.',
  },
  {
    on: LOG_BUCKET,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'S3BucketReplicationEnabled'),
    reason:
      'These logs are deleted after logRetentionDays. The outcome of a delivery is also in the ledger, which has ' +
      'point-in-time recovery.',
  },
  {
    on: /^Ingress\/Addresses\/Role\/DefaultPolicy\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'The only action on *, ec2:DescribeNetworkInterfaces, does not support single resources. It only reads, and returns ' +
      'the addresses of the endpoint for the load balancer.',
  },
  {
    on: /^(?!Webhook\/).+\/Lambda\/Function\/Resource$/,
    findings: ['Serverless-LambdaTracing'],
    reason:
      'A trace of a function that no request of the API invokes has only the duration of its start and of its run, which metrics have ' +
      'too, and costs 5 USD per million.',
  },
  {
    on: LOOKUP,
    findings: [
      'Serverless-LambdaTracing',
      ...inPacks(['serverless', 'hipaa', 'nist'], 'LambdaDLQ'),
      ...inPacks(['hipaa', 'nist'], 'LambdaConcurrency'),
    ],
    reason:
      'CloudFormation invokes it once per deployment and waits for the answer. If it fails, the deployment fails and shows ' +
      'the reason. There is nothing to trace, to keep or to limit.',
  },
  {
    on: LOOKUP,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'LambdaInsideVPC'),
    reason:
      'It calls EC2 and answers CloudFormation, which are both public. In the VPC, it would need a NAT gateway or two more ' +
      'interface endpoints for that.',
  },
];
