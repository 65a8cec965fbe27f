import { type Accepted, inPacks } from '../accepted.ts';

const BUCKET = /^Bodies\/Bucket\/Resource$/;
const CREDENTIALS = /^Secrets-[\w-]+\/Credentials\/Resource$/;

/** Table, bucket, queues and secrets. */
export const STORAGE: readonly Accepted[] = [
  {
    on: BUCKET,
    findings: ['AwsSolutions-S1', ...inPacks(['hipaa', 'nist', 'pci'], 'S3BucketLoggingEnabled')],
    reason:
      'Access logs belong into the account’s bucket for logs, which the setting security.bucketAccessLogs names. A ' +
      'bucket of our own for them would only be one more place to guard.',
  },
  {
    on: BUCKET,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'S3BucketReplicationEnabled'),
    reason:
      'Ocrolus keeps the originals: what is lost is fetched again. Versions are kept for 30 days, and borrowers’ data ' +
      'does not leave the region unless you decide so.',
  },
  {
    on: /^Books\/Table\/Resource$/,
    findings: inPacks(['hipaa', 'nist'], 'DynamoDBInBackupPlan'),
    reason:
      'Point-in-time recovery covers every second of the last 35 days, and deletion protection is on. A backup plan ' +
      'of the organization selects the table by the tags that the setting tags puts on it.',
  },
  {
    on: /^Channel-[\w-]+\/DeadLetterQueue\/Resource$/,
    findings: ['Serverless-SQSRedrivePolicy'],
    reason: 'It is the dead-letter queue. What is in it waits for a person, and an alarm says so.',
  },
  {
    on: /^Secrets-[\w-]+\/Webhook\/Resource$/,
    findings: ['AwsSolutions-SMG4', ...inPacks(['hipaa', 'nist'], 'SecretsManagerRotationEnabled')],
    reason:
      'Where registration.rotationDays is set, it rotates. It is off by default because a rotation must tell Ocrolus, ' +
      'which nobody can before the API credentials are there: docs/operations.md has it as a step.',
  },
  {
    on: CREDENTIALS,
    findings: ['AwsSolutions-SMG4', ...inPacks(['hipaa', 'nist'], 'SecretsManagerRotationEnabled')],
    reason:
      'Ocrolus issues API credentials in its dashboard and has no call to renew them, so no function can. ' +
      'docs/operations.md says how a person does it without an interruption.',
  },
];
