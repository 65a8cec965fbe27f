import { deployed, deployedDocument } from './deployed.ts';
import { list, ofType, type Rule, referred } from './template.ts';

/** The size of a document as AWS counts it: without white space. */
function size(template: Parameters<Rule>[0], document: unknown): number {
  return Buffer.byteLength(JSON.stringify(deployedDocument(template, document)));
}

/** Limits of names: type, property, most characters. */
const NAMES = [
  ['AWS::CloudWatch::Alarm', 'AlarmName', 255],
  ['AWS::CloudWatch::CompositeAlarm', 'AlarmName', 255],
  ['AWS::CloudWatch::Dashboard', 'DashboardName', 255],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'Name', 32],
  ['AWS::ElasticLoadBalancingV2::TargetGroup', 'Name', 32],
  ['AWS::Events::Rule', 'Name', 64],
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
  ['AWS::SecretsManager::ResourcePolicy', 'ResourcePolicy', 20_480],
  ['AWS::SNS::TopicPolicy', 'PolicyDocument', 30_720],
  ['AWS::SQS::QueuePolicy', 'PolicyDocument', 20_480],
] as const;

export const namesFit: Rule = (template) =>
  NAMES.flatMap(([type, property, most]) =>
    ofType(template, type).flatMap(([id, properties]) => {
      const { length } = deployed(template, properties[property]);
      return length > most ? [`${id}: ${property} has ${length} characters, and ${most} is the most`] : [];
    }),
  );

export const documentsFit: Rule = (template) =>
  DOCUMENTS.flatMap(([type, property, most]) =>
    ofType(template, type).flatMap(([id, properties]) => {
      const bytes = properties[property] === undefined ? 0 : size(template, properties[property]);
      return bytes > most ? [`${id}: ${property} has ${bytes} bytes, and ${most} is the most`] : [];
    }),
  );

/** IAM counts all inline policies of a role together. */
export function inlinePolicySizes(template: Parameters<Rule>[0]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [, { Roles, PolicyDocument }] of ofType(template, 'AWS::IAM::Policy')) {
    for (const role of list(Roles)) {
      const id = referred(role) ?? String(role);
      sizes.set(id, (sizes.get(id) ?? 0) + size(template, PolicyDocument));
    }
  }
  return sizes;
}

export const inlinePoliciesFit: Rule = (template) =>
  [...inlinePolicySizes(template)].flatMap(([id, bytes]) =>
    bytes > 10_240 ? [`${id}: its inline policies have ${bytes} bytes, and 10240 is the most`] : [],
  );

/** The size of a Lambda's environment, which is limited to 4 KiB. */
export function environmentSizes(template: Parameters<Rule>[0]): Map<string, number> {
  const functions = ofType(template, 'AWS::Lambda::Function');
  return new Map(
    functions.map(([id, { Environment }]) => {
      const variables = Object.entries(Environment?.Variables ?? {});
      const bytes = variables.map(([name, value]) => name.length + deployed(template, value).length);
      return [id, bytes.reduce((sum, each) => sum + each, 0)];
    }),
  );
}

export const environmentsFit: Rule = (template) =>
  [...environmentSizes(template)].flatMap(([id, bytes]) =>
    bytes > 4096 ? [`${id}: its environment has ${bytes} bytes, and 4096 is the most`] : [],
  );

/** CloudFormation allows 500 resources, 200 outputs and 1 MiB. The limits here leave reserves for later versions. */
export const stackFits: Rule = (template) => {
  const resources = Object.keys(template.Resources).length;
  const outputs = Object.keys(template.Outputs ?? {}).length;
  const bytes = Buffer.byteLength(JSON.stringify(template));
  return [
    ...(resources > 400 ? [`stack: ${resources} resources, and 400 is the most`] : []),
    ...(outputs > 150 ? [`stack: ${outputs} outputs, and 150 is the most`] : []),
    ...(bytes > 900_000 ? [`stack: a template of ${bytes} bytes, and 900000 is the most`] : []),
  ];
};
