import type { Resource } from './assembly.ts';

/** The emulated queues and the bucket live in this account; fauxqs knows no other. */
export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

/** What CloudFormation would call a resource once it exists. */
export interface Identity {
  /** The value of `Ref`. */
  readonly ref: string;
  readonly name: string;
  readonly arn: string;
  /** The values of `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, string>>;
}

interface Naming {
  /** The property that fixes the name. */
  readonly property: string;
  readonly maxLength: number;
  readonly arn: (name: string) => string;
  /** Which of the two `Ref` gives. */
  readonly ref: 'name' | 'arn';
}

const arnOf =
  (service: string, prefix = '') =>
  (name: string) =>
    `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${prefix}${name}`;

const NAMING: Readonly<Record<string, Naming>> = {
  'AWS::SQS::Queue': { property: 'QueueName', maxLength: 80, arn: arnOf('sqs'), ref: 'name' },
  'AWS::DynamoDB::Table': {
    property: 'TableName',
    maxLength: 255,
    arn: arnOf('dynamodb', 'table/'),
    ref: 'name',
  },
  'AWS::DynamoDB::GlobalTable': {
    property: 'TableName',
    maxLength: 255,
    arn: arnOf('dynamodb', 'table/'),
    ref: 'name',
  },
  'AWS::S3::Bucket': {
    property: 'BucketName',
    maxLength: 63,
    arn: (name) => `arn:aws:s3:::${name}`,
    ref: 'name',
  },
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    maxLength: 64,
    arn: arnOf('lambda', 'function:'),
    ref: 'name',
  },
  'AWS::SecretsManager::Secret': {
    property: 'Name',
    maxLength: 512,
    arn: arnOf('secretsmanager', 'secret:'),
    ref: 'arn',
  },
  'AWS::SNS::Topic': { property: 'TopicName', maxLength: 256, arn: arnOf('sns'), ref: 'arn' },
  'AWS::KMS::Key': { property: '', maxLength: 64, arn: arnOf('kms', 'key/'), ref: 'name' },
  'AWS::IAM::Role': {
    property: 'RoleName',
    maxLength: 64,
    arn: (name) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`,
    ref: 'name',
  },
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    maxLength: 512,
    arn: arnOf('logs', 'log-group:'),
    ref: 'name',
  },
};

/** Everything else: only referred to, never built here. */
const OTHER: Naming = { property: '', maxLength: 255, arn: arnOf('local'), ref: 'name' };

/**
 * Gives a resource its name and ARN.
 *
 * @param explicitName what the template says at {@link nameProperty}, evaluated.
 * @param sqsEndpoint the queues' address, e.g. `http://127.0.0.1:4566`.
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
  const common = { name, arn, ref: naming.ref === 'arn' ? arn : name };

  switch (resource.Type) {
    case 'AWS::SQS::Queue': {
      // Not the address fauxqs itself gives out: `sqs.us-east-1.localhost` does not resolve everywhere.
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

/** The property of the template that fixes the resource's name; empty when there is none. */
export function nameProperty(resource: Resource): string {
  return (NAMING[resource.Type] ?? OTHER).property;
}

/** The end of a logical id carries CDK's hash: a name that is too long is cut at the front. */
function generatedName(stackName: string, logicalId: string, maxLength: number, isBucket: boolean): string {
  const name = `${stackName}-${logicalId}`.slice(-maxLength).replace(/^-+/, '');
  return isBucket ? name.toLowerCase() : name;
}
