import { CustomDataIdentifier, DataIdentifier, DataProtectionPolicy } from 'aws-cdk-lib/aws-logs';

/**
 * What lenders' documents are full of. Managed identifiers look for a word such as "checking account" or "SSN" near
 * the digits, so that a book's number is not taken for an account's. Ocrolus's own field names are not among those
 * words. (Custom expressions have no quotes and no colons: AWS does not allow them, so a dot stands for each.)
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
 * Masks such numbers in a log group, for everyone without `logs:Unmask`, and counts the lines that had one
 * (`AWS/Logs LogEventsWithFindings`). Masking is by line as it is ingested: it does not reach back.
 */
export function logDataProtection(): DataProtectionPolicy {
  return new DataProtectionPolicy({
    name: 'ocrolus-webhooks',
    description: 'Masks account, social security, tax and card numbers',
    identifiers: IDENTIFIERS,
  });
}
