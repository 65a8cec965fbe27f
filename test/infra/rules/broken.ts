import type { CloudFormation, Resource } from './template.ts';

/** Correct templates of a few resources, which tests break in one place. */
export function templateOf(
  resources: Record<string, { Type: string; Properties: Resource }>,
): CloudFormation {
  return { Resources: resources };
}

export const queue = (properties: Resource = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

/** A consumer on a queue with its DLQ. */
export function pipeline(
  broken: { mapping?: Resource; queue?: Resource; dlq?: Resource } = {},
): CloudFormation {
  return templateOf({
    Dlq: queue({ MessageRetentionPeriod: 1_209_600, ...broken.dlq }),
    Queue: queue({
      VisibilityTimeout: 360,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dlq', 'Arn'] }, maxReceiveCount: 20 },
      ...broken.queue,
    }),
    Lambda: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 60 } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        FunctionName: { Ref: 'Lambda' },
        BatchSize: 10,
        ...broken.mapping,
      },
    },
  });
}

/** A private API with a policy. */
export function api(properties: Resource = {}): CloudFormation {
  const denied = { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } };
  const policy = { Statement: [{ Effect: 'Allow' }, { Effect: 'Deny', Condition: denied }] };
  const right = { EndpointConfiguration: { Types: ['PRIVATE'] }, Policy: policy };
  return templateOf({ Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { ...right, ...properties } } });
}

/** An endpoint in a VPC. */
export function endpoint(broken: { endpoint?: Resource; vpc?: Resource } = {}): CloudFormation {
  return templateOf({
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: { EnableDnsSupport: true, EnableDnsHostnames: true, ...broken.vpc },
    },
    Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.execute-api']] },
        PrivateDnsEnabled: true,
        VpcId: { Ref: 'Vpc' },
        ...broken.endpoint,
      },
    },
  });
}

export function schedule(expression: string): CloudFormation {
  const properties = { ScheduleExpression: expression };
  return templateOf({ Schedule: { Type: 'AWS::Scheduler::Schedule', Properties: properties } });
}

export function alarm(properties: Resource = {}): CloudFormation {
  const right = {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Period: 300,
    EvaluationPeriods: 1,
  };
  return templateOf({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...right, ...properties } } });
}

/** A Lambda with its role and that role's policy. */
export function lambda(broken: { environment?: Resource; statements?: object[] } = {}): CloudFormation {
  return templateOf({
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: broken.statements ?? [] } },
    },
    Lambda: {
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { Variables: broken.environment ?? {} } },
    },
  });
}
