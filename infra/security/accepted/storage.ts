import { type Accepted, inPacks } from '../accepted.ts';

const BUCKET = /^Bodies\/Bucket\/Resource$/;
const CREDENTIALS = /^Secrets-[\w-]+\/Credentials\/Resource$/;

/** Findings on table, bucket, queues and secrets. */
export const STORAGE: readonly Accepted[] = [
  {
    on: BUCKET,
    findings: ['AwsSolutions-S1', ...inPacks(['hipaa', 'nist', 'pci'], 'S3BucketLoggingEnabled')],
    reason:
      'Access logs belong in the account’s bucket for logs, which the setting security.bucketAccessLogs names. A bucket ' +
      'of the stack for them would be one more bucket to protect.',
  },
  {
    on: BUCKET,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'S3BucketReplicationEnabled'),
    reason:
      'Ocrolus has the originals, so a lost result is fetched again. Versions are kept for 30 days, and borrowers’ data ' +
      'does not leave the region.',
  },
  {
    on: /^Books\/Table\/Resource$/,
    findings: inPacks(['hipaa', 'nist'], 'DynamoDBInBackupPlan'),
    reason:
      'Point-in-time recovery covers every second of the last 35 days, and deletion protection is on. A backup plan ' +
      'of the organization can select the table by its tags, which the setting tags adds.',
  },
  {
    on: /^Channel-[\w-]+\/DeadLetterQueue\/Resource$/,
    findings: ['Serverless-SQSRedrivePolicy'],
    reason: 'It is the dead-letter queue. Its messages wait for an operator, and an alarm reports them.',
  },
  {
    on: /^Secrets-[\w-]+\/Webhook\/Resource$/,
    findings: ['AwsSolutions-SMG4', ...inPacks(['hipaa', 'nist'], 'SecretsManagerRotationEnabled')],
    reason:
      'It is rotated if registration.rotationDays is set. That is off by default, because a rotation sets the secret at ' +
      'Ocrolus, which needs the API credentials: docs/operations.md has it as a step.',
  },
  {
    on: CREDENTIALS,
    findings: ['AwsSolutions-SMG4', ...inPacks(['hipaa', 'nist'], 'SecretsManagerRotationEnabled')],
    reason:
      'Ocrolus issues API credentials in its Dashboard and has no call that renews them, so no function can rotate them. ' +
      'docs/operations.md says how an operator does it without an interruption.',
  },
];
