import { type Accepted, inPacks } from '../accepted.ts';

/** The role of a Lambda that we wrote, with its policy. */
const LAMBDA_ROLE = /\/Lambda\/Role\/DefaultPolicy\/Resource$/;

/** What roles may do. */
export const ACCESS: readonly Accepted[] = [
  {
    on: LAMBDA_ROLE,
    findings: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'X-Ray has no resources to name: xray:PutTraceSegments and xray:PutTelemetryRecords, which only write, are ' +
      'the only actions on *. test/infra/security/least-privilege.test.ts holds it so.',
  },
  {
    on: /^(Webhook|Consumer-[\w-]+)\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::<BodiesBucket7CDFEDE9.Arn>/deliveries/*]'],
    reason:
      'Objects get their names when deliveries arrive. The webhook may only write below this prefix, consumers ' +
      'may only read there.',
  },
  {
    on: /^Consumer-[\w-]+\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::<BodiesBucket7CDFEDE9.Arn>/results/*]'],
    reason: 'Results are kept under their hash, which is not known before. No other prefix is writable.',
  },
  {
    on: /^Poller\/Lambda\/Role\/DefaultPolicy\/Resource$/,
    findings: [
      'AwsSolutions-IAM5[Resource::<BodiesBucket7CDFEDE9.Arn>/results/*]',
      'AwsSolutions-IAM5[Resource::<BodiesBucket7CDFEDE9.Arn>/deliveries/*]',
    ],
    reason:
      'The poller deletes the bodies of forgotten books, with all versions, and which books those are is not known ' +
      'before. It may delete below these two prefixes only, and neither read nor write there (docs/decisions/0019).',
  },
  {
    on: /^Operators\/See\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'Metrics have no resources (cloudwatch:GetMetricData), and composite alarms are shown only to those who may see all ' +
      'alarms (cloudwatch:DescribeAlarms). Both only read, and neither shows data of borrowers.',
  },
  {
    on: /^Operators\/(See|Act)\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::<BodiesBucket7CDFEDE9.Arn>/results/*]'],
    reason:
      'Operators read results (ops result) and delete those of a forgotten book (ops forget). Their names are hashes, ' +
      'which are not known before. They cannot write any.',
  },
  {
    on: /^Operators\/Act\/Resource$/,
    findings: ['AwsSolutions-IAM5[Resource::<BodiesBucket7CDFEDE9.Arn>/deliveries/*]'],
    reason:
      'Operators send deliveries again (ops replay), whose large bodies are here, and delete those of a forgotten ' +
      'book (ops forget). They cannot write any.',
  },
  {
    on: /^SchedulerRoleForTarget-\w+\/DefaultPolicy\/Resource$/,
    findings: [
      'AwsSolutions-IAM5[Resource::<PollerLambdaFunction54C753AB.Arn>:*]',
      'AwsSolutions-IAM5[Resource::<RegistrationLambdaFunctionFF23DB19.Arn>:*]',
    ],
    reason: 'Versions and aliases of the one function that the schedule is for. Nothing else can be invoked.',
  },
  {
    on: /(\/DefaultPolicy|^Registration\/(Secrets-[\w-]+|GoOn))\/Resource$/,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'IAMNoInlinePolicy'),
    reason:
      'Each policy is made for one role, names the resources of this stack and is deleted with the role. As a ' +
      'managed policy it could be attached to other roles, which nobody wants. No user and no group has one.',
  },
  {
    on: /^WebhookApi\/Api\/CloudWatchRole\/Resource$/,
    findings: [
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    ],
    reason:
      'The role with which API Gateway writes the logs of all APIs of an account and region. AWS documents this ' +
      'policy for it; only apigateway.amazonaws.com assumes it. The setting apiGatewayLogRole leaves it out.',
  },
];
