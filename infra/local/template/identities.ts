import { REGION } from '../../running-stacks/access.ts';
import type { Resource } from './assembly.ts';

/** Account of the emulated queues and bucket, the only one in fauxqs. */
export const ACCOUNT_ID = '000000000000';

/** Identifiers that CloudFormation would give a resource. */
export interface Identity {
  /** Value of `Ref`. */
  readonly ref: string;
  readonly name: string;
  readonly arn: string;
  /** Values of `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, string>>;
}

interface Naming {
  /** Property that fixes the name. */
  readonly property: string;
  readonly maxLength: number;
  readonly arn: (name: string) => string;
  /** True if `Ref` returns the ARN; otherwise it returns the name. */
  readonly isRefArn?: true;
}

const arnOf =
  (service: string, prefix = '') =>
  (name: string) =>
    `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${prefix}${name}`;

const TABLE: Naming = { property: 'TableName', maxLength: 255, arn: arnOf('dynamodb', 'table/') };

const NAMING: Readonly<Record<string, Naming>> = {
  'AWS::SQS::Queue': { property: 'QueueName', maxLength: 80, arn: arnOf('sqs') },
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::S3::Bucket': { property: 'BucketName', maxLength: 63, arn: (name) => `arn:aws:s3:::${name}` },
  'AWS::Lambda::Function': { property: 'FunctionName', maxLength: 64, arn: arnOf('lambda', 'function:') },
  'AWS::Lambda::Alias': { property: '', maxLength: 64, arn: arnOf('lambda', 'alias:'), isRefArn: true },
  'AWS::SecretsManager::Secret': {
    property: 'Name',
    maxLength: 512,
    arn: arnOf('secretsmanager', 'secret:'),
    isRefArn: true,
  },
  'AWS::SNS::Topic': { property: 'TopicName', maxLength: 256, arn: arnOf('sns'), isRefArn: true },
  'AWS::KMS::Key': { property: '', maxLength: 64, arn: arnOf('kms', 'key/') },
  'AWS::IAM::Role': {
    property: 'RoleName',
    maxLength: 64,
    arn: (name) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`,
  },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', maxLength: 512, arn: arnOf('logs', 'log-group:') },
};

/** All other resources, which are only referenced here, never built. */
const OTHER: Naming = { property: '', maxLength: 255, arn: arnOf('local') };

/**
 * Gives a resource its name and ARN.
 *
 * @param explicitName evaluated value of {@link nameProperty} in the template.
 * @param sqsEndpoint address of the queues, e.g. `http://127.0.0.1:4566`.
 */
export function identify(
  resource: Resource,
  logicalId: string,
  options: { readonly explicitName?: string; readonly stackName: string; readonly sqsEndpoint: string },
): Identity {
  const naming = NAMING[resource.Type] ?? OTHER;
  const isBucket = resource.Type === 'AWS::S3::Bucket';
  const name =
    options.explicitName ?? generatedName(options.stackName, logicalId, naming.maxLength, isBucket);
  const arn = naming.arn(name);
  const common = { name, arn, ref: naming.isRefArn === true ? arn : name };

  switch (resource.Type) {
    case 'AWS::SQS::Queue': {
      // Not the address that fauxqs itself returns: `sqs.us-east-1.localhost` does not resolve everywhere.
      const url = `${options.sqsEndpoint}/${ACCOUNT_ID}/${name}`;
      return { ...common, ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
    }
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return { ...common, attributes: { Arn: arn, StreamArn: `${arn}/stream/local` } };
    case 'AWS::SecretsManager::Secret':
      return { ...common, attributes: { Id: arn } };
    case 'AWS::ApiGateway::RestApi':
      return { ...common, attributes: { RootResourceId: `${name}-root`, RestApiId: name } };
    case 'AWS::SNS::Topic':
      return { ...common, attributes: { TopicArn: arn, TopicName: name } };
    case 'AWS::KMS::Key':
      return { ...common, attributes: { Arn: arn, KeyId: name } };
    default:
      return { ...common, attributes: { Arn: arn } };
  }
}

/** Property of the template that fixes the resource's name; empty if there is none. */
export function nameProperty(resource: Resource): string {
  return (NAMING[resource.Type] ?? OTHER).property;
}

/** Cuts long names at the front, because the end of a logical id carries CDK's hash. */
function generatedName(stackName: string, logicalId: string, maxLength: number, isBucket: boolean): string {
  const name = `${stackName}-${logicalId}`.slice(-maxLength).replace(/^-+/, '');
  return isBucket ? name.toLowerCase() : name;
}
