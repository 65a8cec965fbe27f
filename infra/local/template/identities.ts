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
  /** Property that fixes the name; empty if there is none. */
  readonly property: string;
  readonly maxLength: number;
  readonly arn: (name: string) => string;
}

const arnOf =
  (service: string, prefix = '') =>
  (name: string) =>
    `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${prefix}${name}`;

const NAMING: Readonly<Record<string, Naming>> = {
  'AWS::SQS::Queue': { property: 'QueueName', maxLength: 80, arn: arnOf('sqs') },
  'AWS::DynamoDB::Table': { property: 'TableName', maxLength: 255, arn: arnOf('dynamodb', 'table/') },
  'AWS::S3::Bucket': { property: 'BucketName', maxLength: 63, arn: (name) => `arn:aws:s3:::${name}` },
  'AWS::Lambda::Function': { property: 'FunctionName', maxLength: 64, arn: arnOf('lambda', 'function:') },
  'AWS::Lambda::Alias': { property: '', maxLength: 64, arn: arnOf('lambda', 'alias:') },
  'AWS::SecretsManager::Secret': {
    property: 'Name',
    maxLength: 512,
    arn: arnOf('secretsmanager', 'secret:'),
  },
  'AWS::Events::EventBus': { property: 'Name', maxLength: 256, arn: arnOf('events', 'event-bus/') },
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
  { Type }: Resource,
  logicalId: string,
  options: { readonly explicitName?: string; readonly stackName: string; readonly sqsEndpoint: string },
): Identity {
  const { maxLength, arn: arnOfName } = NAMING[Type] ?? OTHER;
  // Cut at the front, because the end of a logical id carries CDK's hash.
  const generated = `${options.stackName}-${logicalId}`.slice(-maxLength).replace(/^-+/, '');
  const name = options.explicitName ?? (Type === 'AWS::S3::Bucket' ? generated.toLowerCase() : generated);
  const arn = arnOfName(name);
  const identity = { name, arn, ref: name, attributes: { Arn: arn } };
  switch (Type) {
    case 'AWS::SQS::Queue':
      // Not the address that fauxqs itself returns: `sqs.us-east-1.localhost` does not resolve everywhere.
      return { ...identity, ref: `${options.sqsEndpoint}/${ACCOUNT_ID}/${name}` };
    case 'AWS::DynamoDB::Table':
      // On AWS, the name of a stream is the time at which it was enabled.
      return { ...identity, attributes: { Arn: arn, StreamArn: `${arn}/stream/local` } };
    case 'AWS::Lambda::Alias':
    case 'AWS::SecretsManager::Secret':
      return { ...identity, ref: arn };
    case 'AWS::ApiGateway::RestApi':
      return { ...identity, attributes: { RootResourceId: `${name}-root` } };
    default:
      return identity;
  }
}

/** Property of the template that fixes the resource's name; empty if there is none. */
export function nameProperty({ Type }: Resource): string {
  return (NAMING[Type] ?? OTHER).property;
}
