import { type CloudFormation, ofType, referred } from '../testing/template.ts';
import { deployed, deployedDocument } from './deployed.ts';

/** Limits of names: type, property, most characters. */
const NAMES = [
  ['AWS::CloudWatch::Alarm', 'AlarmName', 255],
  ['AWS::CloudWatch::CompositeAlarm', 'AlarmName', 255],
  ['AWS::CloudWatch::Dashboard', 'DashboardName', 255],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'Name', 32],
  ['AWS::ElasticLoadBalancingV2::TargetGroup', 'Name', 32],
  ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName', 128],
  ['AWS::IAM::Role', 'RoleName', 64],
  ['AWS::KMS::Alias', 'AliasName', 256],
  ['AWS::Lambda::Function', 'Description', 256],
  ['AWS::Lambda::Function', 'FunctionName', 64],
  ['AWS::Logs::QueryDefinition', 'Name', 255],
  ['AWS::S3::Bucket', 'BucketName', 63],
  ['AWS::Scheduler::Schedule', 'Name', 64],
  ['AWS::SecretsManager::Secret', 'Name', 512],
  ['AWS::SNS::Topic', 'TopicName', 256],
  ['AWS::SQS::Queue', 'QueueName', 80],
] as const;

/** Limits of documents: type, property, most bytes. */
const DOCUMENTS = [
  ['AWS::ApiGateway::RestApi', 'Policy', 8192],
  ['AWS::IAM::ManagedPolicy', 'PolicyDocument', 6144],
  ['AWS::IAM::Role', 'AssumeRolePolicyDocument', 2048],
  ['AWS::KMS::Key', 'KeyPolicy', 32_768],
  ['AWS::Logs::LogGroup', 'DataProtectionPolicy', 30_720],
  ['AWS::S3::BucketPolicy', 'PolicyDocument', 20_480],
  ['AWS::SNS::TopicPolicy', 'PolicyDocument', 30_720],
  ['AWS::SQS::QueuePolicy', 'PolicyDocument', 20_480],
] as const;

/**
 * What AWS would refuse of a template because it is too long or too large, a line each. CDK and `cfn-lint` do not know it:
 * it depends on values that exist only after the deployment.
 */
export function faultsIn(template: CloudFormation): string[] {
  return [
    ...NAMES.flatMap(([type, property, most]) =>
      ofType(template, type).flatMap(([id, properties]) => {
        const { length } = deployed(template, properties[property]);
        return tooMuch(`${id}: ${property}`, length, most);
      }),
    ),
    ...DOCUMENTS.flatMap(([type, property, most]) =>
      ofType(template, type).flatMap(([id, properties]) => {
        return tooMuch(`${id}: ${property}`, size(template, properties[property] ?? ''), most);
      }),
    ),
    ...inlinePolicies(template),
    ...ofType(template, 'AWS::Lambda::Function').flatMap(([id, { Environment }]) => {
      const variables = Object.entries(Environment?.Variables ?? {});
      const bytes = variables.map(([name, value]) => name.length + deployed(template, value).length);
      return tooMuch(`${id}: its environment`, sum(bytes), 4096);
    }),
    // CloudFormation allows 500 resources, 200 outputs and 1 MiB. The limits here leave reserves for later versions.
    ...tooMuch('stack: resources', Object.keys(template.Resources).length, 400),
    ...tooMuch('stack: outputs', Object.keys(template.Outputs ?? {}).length, 150),
    ...tooMuch('stack: template', Buffer.byteLength(JSON.stringify(template)), 900_000),
  ];
}

/** IAM counts all inline policies of a role together. */
function inlinePolicies(template: CloudFormation): string[] {
  const sizes = new Map<string, number>();
  for (const [, { Roles, PolicyDocument }] of ofType(template, 'AWS::IAM::Policy')) {
    for (const role of Roles) {
      const id = referred(role) ?? String(role);
      sizes.set(id, (sizes.get(id) ?? 0) + size(template, PolicyDocument));
    }
  }
  return [...sizes].flatMap(([id, bytes]) => tooMuch(`${id}: its inline policies`, bytes, 10_240));
}

/** The size of a document as AWS counts it: without white space. */
function size(template: CloudFormation, document: unknown): number {
  return Buffer.byteLength(JSON.stringify(deployedDocument(template, document)));
}

function tooMuch(what: string, measured: number, most: number): string[] {
  return measured > most ? [`${what}: ${measured}, and ${most} is the most`] : [];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
