import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CloudFormation, list, ofType, type Resource } from '../infra/rules/template.ts';
import { inAccount } from './account.ts';
import type { Moto } from './moto.ts';
import { substitute } from './references.ts';

/** Types that moto's CloudFormation does not create. Where its services have them, tests call those instead. */
export const NOT_IN_EMULATED_STACKS = [
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::BasePathMappingV2',
  'AWS::ApiGateway::DomainNameAccessAssociation',
  'AWS::ApiGateway::DomainNameV2',
  'AWS::ApiGateway::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SecretsManager::Secret',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  'AWS::XRay::SamplingRule',
];

/** A stack in the emulator, with what became of the template in it. */
export interface EmulatedStack {
  readonly status: string | undefined;
  /** Types that the emulator's CloudFormation has created. */
  readonly created: ReadonlySet<string>;
  /** A resource's properties, as CloudFormation made them of references and functions. */
  properties(id: string): Resource;
  /** All resources of a type, with their properties resolved. */
  resolved(type: string): [string, Resource][];
  /** What `Ref` is of a resource that was created. */
  idOf(id: string): string;
}

/** Creates a template as one stack, and has the emulator say how it understood every property. */
export async function createStack(moto: Moto, synthesized: CloudFormation): Promise<EmulatedStack> {
  const template = await inAccount(moto, synthesized);
  const secrets = await createSecrets(moto, template);
  const left = new Set(
    Object.entries(template.Resources)
      .filter(([, { Type }]) => NOT_IN_EMULATED_STACKS.includes(Type) || Type.startsWith('Custom::'))
      .map(([id]) => id),
  );
  // The emulator gives deployments no id, so nothing may refer to one.
  for (const [id] of ofType(template, 'AWS::ApiGateway::Deployment')) left.add(id);
  const known = (id: string, attribute = '') =>
    secrets.get(id) ?? standIn(id, attribute) ?? (left.has(id) ? id : undefined);
  const all = Object.entries(template.Resources).map(([id, resource]): [string, Resource] => {
    // The emulator looks at what a template says, not at what follows from it: methods before deployments.
    const DependsOn = list(resource.DependsOn).filter((other) => !left.has(other));
    const properties = substitute(resource.Properties ?? {}, known);
    return [id, { ...resource, DependsOn, Properties: withoutAssets(resource.Type, properties) }];
  });
  const made = all.filter(([id, { Type }]) => !left.has(id) || Type === 'AWS::ApiGateway::Deployment');
  const outputs = all.map(([id, { Properties }]) => [id, { Value: { 'Fn::ToJsonString': Properties } }]);

  const cloudFormation = new CloudFormationClient(moto.client);
  const stack = { StackName: 'ocrolus-webhooks-test' };
  const body = { Resources: Object.fromEntries(made), Outputs: Object.fromEntries(outputs) };
  await cloudFormation.send(new CreateStackCommand({ ...stack, TemplateBody: JSON.stringify(body) }));
  const { Stacks: [described] = [] } = await cloudFormation.send(new DescribeStacksCommand(stack));
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand(stack));
  cloudFormation.destroy();

  const resolved = new Map(
    (described?.Outputs ?? []).map(({ OutputKey, OutputValue = '{}' }) => [
      OutputKey,
      JSON.parse(OutputValue),
    ]),
  );
  const ids = new Map(StackResources.map((made) => [made.LogicalResourceId, made.PhysicalResourceId]));
  const properties = (id: string) => resolved.get(id) ?? {};
  return {
    status: described?.StackStatus,
    created: new Set(StackResources.map(({ ResourceType = '' }) => ResourceType)),
    properties,
    resolved: (type) => ofType(template, type).map(([id]) => [id, properties(id)]),
    idOf: (id) => secrets.get(id) ?? ids.get(id) ?? '',
  };
}

/** What the emulator's CloudFormation does not know of what it has made; one such attribute empties all of its outputs. */
function standIn(id: string, attribute: string): unknown {
  if (attribute === 'NetworkInterfaceIds') return [0, 1, 2].map((index) => `eni-${index}`);
  const unknown = ['CanonicalHostedZoneID', 'LoadBalancerFullName', 'TargetGroupFullName'];
  return unknown.includes(attribute) ? `app/${id}/${attribute}` : undefined;
}

/** Secrets come first, because functions and policies name them. Logical id → ARN. */
async function createSecrets(moto: Moto, template: CloudFormation): Promise<Map<string, string>> {
  const client = new SecretsManagerClient(moto.client);
  const arns = new Map<string, string>();
  for (const [id, { Name, Description, GenerateSecretString: generated }] of ofType(
    template,
    'AWS::SecretsManager::Secret',
  )) {
    const SecretString: string = generated.SecretStringTemplate;
    const { ARN = '' } = await client.send(new CreateSecretCommand({ Name, Description, SecretString }));
    arns.set(id, ARN);
  }
  client.destroy();
  return arns;
}

/** A bundle lies in a bucket of `cdk bootstrap`, which the emulator has not; what is in it does not matter here. */
function withoutAssets(type: string, properties: unknown): unknown {
  if (type !== 'AWS::Lambda::Function' || typeof properties !== 'object') return properties;
  return { ...properties, Code: { ZipFile: 'exports.handler = async () => {};' } };
}
