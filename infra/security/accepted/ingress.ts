import { type Accepted, inPacks } from '../accepted.ts';

const LOG_BUCKET = /^Ingress\/Logs\/Bucket\/Resource$/;

/** The Lambda of `AwsCustomResource`, which has its name from CDK. */
const LOOKUP = /^AWS679f53fac002430cb0da5b7982bd2287\/Resource$/;

/** The allowlisted ingress. */
export const INGRESS: readonly Accepted[] = [
  {
    on: /^Network\/Vpc[\w.-]*\/LoadBalancerSubnet\d\/DefaultRoute$/,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'VPCNoUnrestrictedRouteToIGW'),
    reason:
      'An internet-facing load balancer needs it to answer. Nothing else is in these subnets, and its security group ' +
      'admits port 443 from the source addresses only. The endpoint’s subnets have no such route.',
  },
  {
    on: /^Ingress\/LoadBalancer\/Balancer[\w.-]*\/Resource$/,
    findings: inPacks(['nist', 'pci'], 'ALBWAFEnabled'),
    reason:
      'Only the vendor’s addresses can connect, and every delivery is authenticated over its exact bytes. The setting ' +
      'ingress.waf puts AWS WAF in front for those who must have it.',
  },
  {
    on: /^Ingress\/LoadBalancer\/Balancer[\w.-]*\/Resource$/,
    findings: inPacks(['hipaa', 'nist'], 'ELBDeletionProtectionEnabled'),
    reason:
      'In the template it would block the rollback of a failed deployment, which has to delete the load balancer. ' +
      '`ops protect` turns it on, together with the termination protection of the stack, once a deployment has succeeded.',
  },
  {
    on: LOG_BUCKET,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'S3DefaultEncryptionKMS'),
    reason:
      'Elastic Load Balancing documents SSE-S3 as the only encryption with which it can write access logs. They have ' +
      'addresses, paths and status codes, neither bodies nor credentials.',
  },
  {
    on: LOG_BUCKET,
    findings: ['AwsSolutions-S1', ...inPacks(['hipaa', 'nist', 'pci'], 'S3BucketLoggingEnabled')],
    reason:
      'Who reads access logs is written down where the account does that: the setting security.bucketAccessLogs ' +
      'names the bucket for it.',
  },
  {
    on: LOG_BUCKET,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'S3BucketReplicationEnabled'),
    reason:
      'Logs of one region’s load balancer, deleted after logRetentionDays. What became of a delivery is in the ledger ' +
      'as well, which has point-in-time recovery.',
  },
  {
    on: /^Ingress\/Addresses\/Role\/DefaultPolicy\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'The one action on *, ec2:DescribeNetworkInterfaces, knows no resources. It only reads, and it is how the load ' +
      'balancer gets the addresses of the endpoint.',
  },
  {
    on: LOOKUP,
    findings: [
      'Serverless-LambdaTracing',
      ...inPacks(['serverless', 'hipaa', 'nist'], 'LambdaDLQ'),
      ...inPacks(['hipaa', 'nist'], 'LambdaConcurrency'),
    ],
    reason:
      'CloudFormation invokes it, once in a deployment, and waits for the answer: a failure is a failed deployment, ' +
      'whose reason it shows. There is nothing to trace, to keep or to limit.',
  },
  {
    on: LOOKUP,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'LambdaInsideVPC'),
    reason:
      'It calls the API of EC2 and answers CloudFormation, both public. Within the VPC it would need a NAT gateway ' +
      'or two more interface endpoints, and would reach nothing that it has to reach.',
  },
];
