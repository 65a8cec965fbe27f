import type { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CustomDataIdentifier,
  DataIdentifier,
  DataProtectionPolicy,
  LogGroup,
  type LogGroupProps,
  type RetentionDays,
} from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EncryptionKey } from './encryption-key.ts';

export interface LogProps {
  readonly encryptionKey: EncryptionKey;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** A log group with the stage's encryption, retention and removal policy, unless `more` has another one. */
export function createLogGroup(
  scope: Construct,
  id: string,
  { encryptionKey, logRetention, removalPolicy }: LogProps,
  more: LogGroupProps = {},
): LogGroup {
  const common = { encryptionKey: encryptionKey.key, retention: logRetention, removalPolicy };
  return new LogGroup(scope, id, { ...common, ...more });
}

/** A statement that allows actions on resources. */
export function allow(actions: readonly string[], resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: [...resources] });
}

/** A role for a Lambda that can only write to its log. The role that CDK creates can write to every log of the account. */
export function createLambdaRole(scope: Construct, { logGroupArn }: LogGroup): Role {
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  role.addToPolicy(allow(actions, [logGroupArn]));
  return role;
}

/**
 * Numbers that are common in loan documents. AWS's managed identifiers require a word such as "checking account" or
 * "SSN" near the digits, so the pk of a book is not masked as an account number. Ocrolus's field names are not among
 * those words, so they have custom expressions. A dot in them stands for quotes and colons, which AWS does not allow.
 */
const IDENTIFIERS = [
  DataIdentifier.BANKACCOUNTNUMBER_US,
  DataIdentifier.SSN_US,
  DataIdentifier.INDIVIDUALTAXIDENTIFICATIONNUMBER_US,
  DataIdentifier.CREDITCARDNUMBER,
  new CustomDataIdentifier('OcrolusAccountNumber', 'account_number.{1,6}[0-9]{4,17}'),
  new CustomDataIdentifier('OcrolusRoutingNumber', 'routing_number.{1,6}[0-9]{9}'),
];

/**
 * Masks such numbers in a log group for all readers without `logs:Unmask`, and counts the lines that contain one
 * (`AWS/Logs LogEventsWithFindings`). Lines are masked when they are ingested: earlier lines stay as they are.
 */
export function logDataProtection(): DataProtectionPolicy {
  return new DataProtectionPolicy({
    name: 'ocrolus-webhooks',
    description: 'Masks account, social security, tax and card numbers',
    identifiers: IDENTIFIERS,
  });
}
