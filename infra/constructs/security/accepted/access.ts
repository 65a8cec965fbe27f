import { type Accepted, inPacks } from '../accepted.ts';

/** The ARN of the bucket that the stack creates, in the name of a finding. */
export const CREATED_BUCKET = '<BodiesBucket7CDFEDE9.Arn>';

/** The ARN of the table that the stack creates, in the name of a finding. */
export const CREATED_TABLE = '<BooksTable2F311BF9.Arn>';

const DELIVERIES = `AwsSolutions-IAM5[Resource::${CREATED_BUCKET}/deliveries/*]`;
const RESULTS = `AwsSolutions-IAM5[Resource::${CREATED_BUCKET}/results/*]`;

export const ACCESS: readonly Accepted[] = [
  {
    // The one function that is traced.
    on: /^Webhook\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'X-Ray does not support single resources. xray:PutTraceSegments and xray:PutTelemetryRecords, which only write, are ' +
      'the only actions on *. test/infra/security/least-privilege.test.ts checks that.',
  },
  {
    on: /^Webhook\/Canary\/Role\/DefaultPolicy\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::<WebhookLambdaFunctionF28283DA.Arn>:*]'],
    reason:
      'Versions and aliases of the webhook, of which CodeDeploy reads whether concurrency is provisioned.',
  },
  {
    on: /^Webhook\/Canary\/Role\/DefaultPolicy\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'The action cloudwatch:DescribeAlarms, which only reads, shows composite alarms only with *, and CodeDeploy asks for all kinds. The ' +
      'managed policy that AWS offers instead allows more.',
  },
  {
    on: /^Probe\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'Lambda creates and deletes the network interfaces of a function in a VPC with its role, and AWS documents * for that. The ' +
      'function itself has no way to EC2: its security group lets it reach the endpoint only.',
  },
  {
    on: /^(Webhook|Consumer-[\w-]+)\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: [DELIVERIES],
    reason:
      'Object keys are not known before deliveries arrive. Below this prefix, the webhook can only write, and consumers ' +
      'can only read.',
  },
  {
    on: /^Consumer-[\w-]+\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: [RESULTS],
    reason: 'The key of a result has a hash or id that is not known before. No other prefix is writable.',
  },
  {
    on: /^Poller\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: [RESULTS, DELIVERIES],
    reason:
      'The poller deletes the bodies of forgotten books, with all versions, and their keys are not known before. It can ' +
      'delete below these two prefixes only, and can neither read nor write there (docs/decisions/0019).',
  },
  {
    on: /^Publisher\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: [`AwsSolutions-IAM5[Resource::${CREATED_TABLE}/stream/*]`],
    reason:
      'Lambda lists the streams of the table, without their records. It reads the one stream that is named without *.',
  },
  {
    on: /^Operators\/See\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'The action cloudwatch:GetMetricData does not support single resources, and cloudwatch:DescribeAlarms returns ' +
      'composite alarms only with *. Both only read, and neither shows data of borrowers.',
  },
  {
    on: /^Readers\/Resource$/,
    findings: [RESULTS],
    reason: 'The key of a result has a hash or id that is not known before. Readers can write nothing.',
  },
  {
    on: /^Operators\/(See|Act)\/Resource$/,
    findings: [RESULTS],
    reason:
      'Operators read results (ops result) and delete those of a forgotten book (ops forget), whose keys are not known ' +
      'before. They cannot write any.',
  },
  {
    on: /^Operators\/Act\/Resource$/,
    findings: [DELIVERIES],
    reason:
      'Operators replay deliveries (ops replay), whose large bodies are here, and delete those of a forgotten book ' +
      '(ops forget). They cannot write any.',
  },
  {
    on: /^SchedulerRoleForTarget-\w+\/DefaultPolicy\/Resource$/,
    findings: [
      'AwsSolutions-IAM5[Resource::<PollerLambdaFunction54C753AB.Arn>:*]',
      'AwsSolutions-IAM5[Resource::<RegistrationLambdaFunctionFF23DB19.Arn>:*]',
    ],
    reason: 'Versions and aliases of the function that the schedule starts. Nothing else can be invoked.',
  },
  {
    on: /(\/DefaultPolicy|^Registration\/(Secrets-[\w-]+|GoOn))\/Resource$/,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'IAMNoInlinePolicy'),
    reason:
      'Each policy belongs to one role, names the resources of this stack and is deleted with the role. A managed policy ' +
      'could be attached to other roles by mistake. No user and no group has an inline policy.',
  },
  {
    on: /^WebhookApi\/Api\/CloudWatchRole\/Resource$/,
    findings: [
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    ],
    reason:
      'API Gateway writes the logs of all APIs of an account and region with this role. AWS documents this policy for it, ' +
      'and only apigateway.amazonaws.com can assume it. The role exists only with the setting apiGatewayLogRole.',
  },
];
