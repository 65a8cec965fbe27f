import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CloudFormation, ofType, type Resource, referred } from '../infra/testing/template.ts';
import { inAccount, NAMES_OF_EXISTING } from './account.ts';
import type { Deployed, Moto } from './moto.ts';

/** Types that the CloudFormation of moto 5.2 does not create. */
export const NOT_EMULATED = [
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::BasePathMappingV2',
  'AWS::ApiGateway::DomainNameAccessAssociation',
  'AWS::ApiGateway::DomainNameV2',
  'AWS::ApiGateway::Stage',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::Lambda::Alias',
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

/** A stack in the emulator, with its template as the emulator understood it. */
export interface EmulatedStack extends Deployed {
  /** Properties as CloudFormation made them of references and functions, by logical id. */
  readonly properties: ReadonlyMap<string, Resource>;
  /** Names and ARNs of everything that exists in the account because of the stack. */
  readonly existing: readonly string[];
}

const STACK_NAME = 'ocrolus-webhooks-test';

/** Creates a template as one stack. Every property is an output too, so that the emulator shows what it made of it. */
export async function createStack(moto: Moto, synthesized: CloudFormation): Promise<EmulatedStack> {
  const template = await inAccount(moto, synthesized);
  const secrets = await createSecrets(moto, template);
  const left = new Set(
    Object.entries(template.Resources)
      .filter(([, { Type }]) => NOT_EMULATED.includes(Type) || Type.startsWith('Custom::'))
      .map(([id]) => id),
  );
  // The emulator gives deployments no id, so nothing may refer to one.
  const [[deployment] = ['']] = ofType(template, 'AWS::ApiGateway::Deployment');
  // Nor does it know aliases: the function itself stands for them (test/infra/constructs/webhook-canary.test.ts).
  const aliased = new Map(
    ofType(template, 'AWS::Lambda::Alias').map(([id, { FunctionName }]) => [
      id,
      { 'Fn::GetAtt': [referred(FunctionName), 'Arn'] },
    ]),
  );
  const known = (id: string, attribute: string) =>
    secrets.get(id) ??
    aliased.get(id) ??
    standIn(id, attribute) ??
    (left.has(id) || id === deployment ? id : undefined);
  const all = Object.entries(template.Resources).map(([id, resource]): [string, Resource] => {
    const DependsOn = [resource.DependsOn ?? []].flat().filter((other: string) => !left.has(other));
    const Properties = Object(substitute(resource.Properties ?? {}, known));
    // Bundles are in a bucket of `cdk bootstrap`, which the emulator does not have.
    if (resource.Type === 'AWS::Lambda::Function')
      Properties.Code = { ZipFile: 'exports.handler = () => {};' };
    return [id, { ...resource, DependsOn, Properties }];
  });
  const deployed = await moto.deploy(STACK_NAME, {
    Resources: Object.fromEntries(all.filter(([id]) => !left.has(id))),
    Outputs: Object.fromEntries(
      all.map(([id, { Properties }]) => [id, { Value: { 'Fn::ToJsonString': Properties } }]),
    ),
  });
  const created = [...deployed.resources.values()].map(({ id }) => id);
  return {
    ...deployed,
    properties: new Map([...deployed.outputs].map(([id, text]) => [id, JSON.parse(text)])),
    existing: [STACK_NAME, ...created, ...secrets.values(), ...NAMES_OF_EXISTING],
  };
}

/** Replaces references by what is known of them, and leaves the others. */
function substitute(value: unknown, known: (id: string, attribute: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => substitute(item, known));
  if (typeof value !== 'object' || value === null) return value;
  const id = referred(value);
  if (id === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substitute(inner, known)]));
  }
  const attribute = 'Fn::GetAtt' in value ? [value['Fn::GetAtt']].flat().at(-1) : '';
  return known(id, String(attribute)) ?? value;
}

/** Attributes that the emulator's CloudFormation does not know. One of them would empty all outputs. */
function standIn(id: string, attribute: string): unknown {
  if (attribute === 'NetworkInterfaceIds') return [0, 1, 2].map((index) => `eni-${index}`);
  const unknown = ['CanonicalHostedZoneID', 'LoadBalancerFullName', 'TargetGroupFullName', 'Version'];
  return unknown.includes(attribute) ? `app/${id}/${attribute}` : undefined;
}

/** Secrets come first, because functions and policies name them. Logical id → ARN. */
async function createSecrets(moto: Moto, template: CloudFormation): Promise<Map<string, string>> {
  const client = new SecretsManagerClient(moto.client);
  const arns = new Map<string, string>();
  for (const [id, { Name, GenerateSecretString }] of ofType(template, 'AWS::SecretsManager::Secret')) {
    const SecretString: string = GenerateSecretString.SecretStringTemplate;
    const { ARN = '' } = await client.send(new CreateSecretCommand({ Name, SecretString }));
    arns.set(id, ARN);
  }
  client.destroy();
  return arns;
}
