import type { CloudFormation, Resource } from '../testing/template.ts';

/**
 * Resources that hold what cannot be made again, or not without trouble, and the properties whose change makes
 * CloudFormation put a new and empty one in their place (AWS: "Update requires: Replacement"), or lose what is in
 * them otherwise.
 */
export const DATA: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': [
    'TableName',
    'KeySchema',
    'AttributeDefinitions',
    'LocalSecondaryIndexes',
    'ImportSourceSpecification',
    // Not replaced, but refused: an index's projection cannot be changed.
    'GlobalSecondaryIndexes',
  ],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  'AWS::Logs::LogGroup': ['LogGroupName', 'LogGroupClass'],
  'AWS::S3::Bucket': ['BucketName', 'ObjectLockEnabled'],
  // A change of how it is generated generates it again, over what Ocrolus knows.
  'AWS::SecretsManager::Secret': ['Name', 'GenerateSecretString', 'SecretString'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
};

/** The dead-letter queue of the publisher has positions in the table's stream, which say nothing after a day. */
const WITHOUT_DATA = /^PublisherDeadLetterQueue/;

/** The resources with data: logical id → resource. */
export function dataIn({ Resources }: CloudFormation): Map<string, Resource> {
  return new Map(
    Object.entries(Resources).filter(([id, { Type }]) => Type in DATA && !WITHOUT_DATA.test(id)),
  );
}

/** Data that an update from one template to the other would remove or empty, a line each. */
export function lostBetween(before: CloudFormation, after: CloudFormation): string[] {
  return [...dataIn(before)].flatMap(([id, old]) => {
    const now = after.Resources[id];
    if (now === undefined || now.Type !== old.Type) {
      // The log of a VPC that is no longer there is left behind, and can still be read.
      const kept = old.Type === 'AWS::Logs::LogGroup' && old.DeletionPolicy === 'Retain';
      return kept ? [] : [`${id} (${old.Type}): is gone`];
    }
    const properties = DATA[old.Type] ?? [];
    return properties.flatMap((property) => {
      const unchanged =
        JSON.stringify(old.Properties?.[property]) === JSON.stringify(now.Properties?.[property]);
      return unchanged ? [] : [`${id} (${old.Type}): ${property} changes`];
    });
  });
}
