import { CustomDataIdentifier, DataIdentifier, DataProtectionPolicy } from 'aws-cdk-lib/aws-logs';

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
