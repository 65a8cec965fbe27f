import { resolve } from '../testing/resolved.ts';
import { type CloudFormation, referred } from '../testing/template.ts';

/** Values of pseudo parameters: the longest that exist, because lengths are measured with them. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::NoValue': '',
  'AWS::Partition': 'aws',
  'AWS::Region': 'ap-southeast-1',
  'AWS::StackName': 'ocrolus-webhooks-a-sixteen-letter',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A name that CloudFormation generates: stack, logical id and twelve random characters, cut to the service's limit. */
const GENERATED = 64;
const NAMES = ['QueueName', 'Name', 'TopicName', 'AlarmName', 'FunctionName', 'RoleName', 'TableName'];

/** The text of a value after deployment, with placeholders of at least the real length for names that AWS generates. */
export function deployed(template: CloudFormation, value: unknown): string {
  return resolve(value ?? '', (reference) => {
    if ('Ref' in reference) return PSEUDO[String(reference.Ref)] ?? nameOf(template, String(reference.Ref));
    const id = referred(reference);
    if (id === undefined) return 'x'.repeat(GENERATED);
    return `arn:aws:service:ap-southeast-1:123456789012:resource/${nameOf(template, id)}`;
  });
}

/** The same for a whole document: lists and objects stay, values become text. */
export function deployedDocument(template: CloudFormation, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => deployedDocument(template, item));
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && (keys[0] === 'Ref' || keys[0]?.startsWith('Fn::')))
    return deployed(template, value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, deployedDocument(template, inner)]),
  );
}

/** A resource's name, or one of the length that CloudFormation generates. */
function nameOf(template: CloudFormation, id: string): string {
  const { Type, Properties = {} } = template.Resources[id] ?? {};
  const given = NAMES.map((property) => Properties[property]).find((name) => name !== undefined);
  const name =
    given === undefined ? id.padEnd(GENERATED, 'x').slice(0, GENERATED) : deployed(template, given);
  // `Ref` of these types is not the name, but contains it.
  if (Type === 'AWS::SQS::Queue') return `https://sqs.ap-southeast-1.amazonaws.com/123456789012/${name}`;
  if (Type === 'AWS::SecretsManager::Secret') {
    return `arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:${name}-AbCdEf`;
  }
  return name;
}
