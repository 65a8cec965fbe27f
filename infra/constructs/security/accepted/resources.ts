import { type Accepted, inPacks } from '../accepted.ts';

const FUNCTION = /\/Lambda\/Function\/Resource$/;
const BUCKET = /^Bodies\/Bucket\/Resource$/;

/** Findings on Lambdas and their triggers, on what stores data, and on alarms. */
export const RESOURCES: readonly Accepted[] = [
  {
    on: FUNCTION,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'LambdaInsideVPC'),
    reason:
      'The Lambdas call the public Ocrolus API and AWS APIs, over TLS and with IAM, and no resource in a VPC. In one, they ' +
      'would need a NAT gateway.',
  },
  {
    on: FUNCTION,
    findings: inPacks(['hipaa', 'nist'], 'LambdaConcurrency'),
    reason:
      'MaximumConcurrency of the event sources limits consumers: with reserved concurrency, throttled messages would reach ' +
      'the DLQ unprocessed. API Gateway’s throttling limits the webhook, as does the setting webhookReservedConcurrency.',
  },
  {
    on: FUNCTION,
    findings: inPacks(['serverless', 'hipaa', 'nist'], 'LambdaDLQ'),
    reason:
      'The dead-letter queue of a function is for asynchronous invocations only. API Gateway waits for its answer, each ' +
      'SQS queue has its own DLQ, and a start of the poller has no content: the next run does its work.',
  },
  {
    on: /^Poller\/Lambda\/Function\/EventInvokeConfig\/Resource$/,
    findings: ['Serverless-LambdaAsyncFailureDestination'],
    reason:
      'The event only means "start". The next run replaces one that fails, and an alarm reports missing runs.',
  },
  {
    on: /^Consumer-[\w-]+\/Lambda\/Function\/Queue\/Resource$/,
    findings: ['Serverless-LambdaEventSourceMappingDestination'],
    reason:
      'Lambda supports failure destinations for streams only. For SQS, the queue’s redrive policy does this.',
  },
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
    on: /^Publisher\/DeadLetterQueue\/Resource$/,
    findings: ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'],
    reason:
      'It is the dead-letter queue of a stream, which the rules do not see. An alarm goes off hours before anything is in it.',
  },
  {
    on: /^Secrets-[\w-]+\/Webhook\/Resource$/,
    findings: ['AwsSolutions-SMG4', ...inPacks(['hipaa', 'nist'], 'SecretsManagerRotationEnabled')],
    reason:
      'It is rotated if registration.rotationDays is set. That is off by default, because a rotation sets the secret at ' +
      'Ocrolus, which needs the API credentials: docs/operations.md has it as a step.',
  },
  {
    on: /^Secrets-[\w-]+\/Credentials\/Resource$/,
    findings: ['AwsSolutions-SMG4', ...inPacks(['hipaa', 'nist'], 'SecretsManagerRotationEnabled')],
    reason:
      'Ocrolus issues API credentials in its Dashboard and has no call that renews them, so no function can rotate them. ' +
      'docs/operations.md says how an operator does it without an interruption.',
  },
  {
    on: /^Monitoring\/Alarms\/(?!(?:Page|Ticket)\/)[\w-]+\/Resource$/,
    findings: inPacks(['hipaa', 'nist'], 'CloudWatchAlarmAction'),
    reason:
      'Two composite alarms, Monitoring/Alarms/Page and Ticket, contain all alarms and notify the topic: one message for ' +
      'one cause. test/infra/constructs/monitoring/notifications.test.ts checks that none is left out.',
  },
  {
    on: /^Monitoring\/AlarmTopic\/Topic\/[^/]+\/Resource$/,
    findings: ['Serverless-SNSRedrivePolicy'],
    reason:
      'The subscribers are e-mail addresses. A message that cannot be delivered has no use later: the alarm itself remains ' +
      'visible in CloudWatch and on the dashboard.',
  },
];
