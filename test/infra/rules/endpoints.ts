import { deployed } from './deployed.ts';
import { ofType, type Rule, target } from './template.ts';

/** The services for which the stack may have an endpoint. AWS refuses a misspelt name only at deployment. */
const SERVICES = [
  'dynamodb',
  'execute-api',
  'kms',
  'lambda',
  'logs',
  'monitoring',
  's3',
  'secretsmanager',
  'sns',
  'sqs',
  'sts',
];

/** The name of an endpoint's service is one of AWS's. */
export const endpointServicesExist: Rule = (template) =>
  ofType(template, 'AWS::EC2::VPCEndpoint').flatMap(([id, { ServiceName }]) => {
    const name = deployed(template, ServiceName);
    const [, service = ''] = /^com\.amazonaws\.[a-z0-9-]+\.([a-z0-9-]+)$/.exec(name) ?? [];
    return SERVICES.includes(service) ? [] : [`${id}: ${name} is no endpoint service that we know`];
  });

/** Private DNS of an endpoint needs a VPC of this template that resolves names. */
export const privateDnsIsResolved: Rule = (template) =>
  ofType(template, 'AWS::EC2::VPCEndpoint').flatMap(([id, { PrivateDnsEnabled, VpcId }]) => {
    const vpc = target(template, VpcId);
    if (PrivateDnsEnabled !== true || vpc === undefined) return [];
    return vpc.EnableDnsSupport === true && vpc.EnableDnsHostnames === true
      ? []
      : [`${id}: private DNS needs a VPC with DNS support and DNS host names`];
  });
