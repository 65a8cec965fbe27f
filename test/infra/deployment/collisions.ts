import type { CloudFormation, Resource } from '../testing/template.ts';

/** The property that gives a resource a name of our choice, which only one resource of an account and region can have. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Name',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Logs::QueryDefinition': 'Name',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::WAFv2::WebACL': 'Name',
};

/** The name that a resource has from us, if any. */
export function physicalName({ Type, Properties }: Resource): string | undefined {
  const name = Properties?.[NAMES[Type] ?? ''];
  return name === undefined ? undefined : JSON.stringify(name);
}

/** True if CloudFormation leaves a resource behind when the stack no longer has it. */
export function isLeftBehind({ DeletionPolicy = 'Delete' }: Resource): boolean {
  return DeletionPolicy !== 'Delete';
}

/**
 * What would be refused when a stage goes from one template to the other and back again, a line each: a resource that
 * was left behind, with a name that its successor wants.
 */
export function collisionsBetween(one: CloudFormation, other: CloudFormation): string[] {
  return [...refused(one, other), ...refused(other, one)];
}

/** Resources that `there` has and `elsewhere` lacks, and that cannot be created again afterwards. */
function refused(there: CloudFormation, elsewhere: CloudFormation): string[] {
  return Object.entries(there.Resources).flatMap(([id, resource]) => {
    const name = physicalName(resource);
    const successor = elsewhere.Resources[id];
    const goes = successor === undefined || physicalName(successor) !== name;
    return goes && name !== undefined && isLeftBehind(resource)
      ? [`${id} (${resource.Type}): ${name} is left behind`]
      : [];
  });
}
