import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { GetBucketEncryptionCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Resource } from '../infra/testing/template.ts';
import type { Moto } from './moto.ts';

/** Asks a service for a resource: what it answers, and what that must have of the template's properties. */
type Comparison = (id: string, wanted: Resource) => Promise<readonly [made: unknown, expected: object]>;

/** The comparisons of resources that CloudFormation created, by type. */
export function comparisons({ client }: Moto): Readonly<Record<string, Comparison>> {
  const sqs = new SQSClient(client);
  const dynamodb = new DynamoDBClient(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const lambda = new LambdaClient(client);
  const logs = new CloudWatchLogsClient(client);
  const elb = new ElasticLoadBalancingV2Client(client);
  return {
    async 'AWS::SQS::Queue'(QueueUrl, { KmsMasterKeyId, MessageRetentionPeriod, RedrivePolicy, ...wanted }) {
      const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
      const { Attributes = {} } = await sqs.send(ask);
      const made = { ...Attributes, RedrivePolicy: JSON.parse(Attributes.RedrivePolicy ?? '{}') };
      const VisibilityTimeout = String(wanted.VisibilityTimeout ?? 30);
      const retention = { MessageRetentionPeriod: String(MessageRetentionPeriod) };
      return [made, { KmsMasterKeyId, VisibilityTimeout, ...retention, RedrivePolicy: RedrivePolicy ?? {} }];
    },
    async 'AWS::DynamoDB::Table'(TableName, { KeySchema, StreamSpecification, GlobalSecondaryIndexes }) {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      return [Table, { KeySchema, StreamSpecification, GlobalSecondaryIndexes }];
    },
    async 'AWS::S3::Bucket'(Bucket, { BucketEncryption }) {
      const answer = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      const [{ ServerSideEncryptionByDefault }] = BucketEncryption.ServerSideEncryptionConfiguration;
      const { SSEAlgorithm, KMSMasterKeyID } = ServerSideEncryptionByDefault;
      const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
      return [
        rule?.ApplyServerSideEncryptionByDefault,
        { SSEAlgorithm, ...(KMSMasterKeyID && { KMSMasterKeyID }) },
      ];
    },
    async 'AWS::Lambda::Function'(
      FunctionName,
      { Handler, MemorySize, Role, Runtime, Timeout, Environment },
    ) {
      const made = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      return [made, { Handler, MemorySize, Role, Runtime, Timeout, ...(Environment && { Environment }) }];
    },
    async 'AWS::Lambda::EventSourceMapping'(UUID, { BatchSize, EventSourceArn, FunctionResponseTypes }) {
      const made = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
      return [made, { BatchSize, EventSourceArn, FunctionResponseTypes }];
    },
    async 'AWS::Logs::LogGroup'(logGroupNamePrefix, { RetentionInDays }) {
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
      return [logGroups, [{ logGroupName: logGroupNamePrefix, retentionInDays: RetentionInDays }]];
    },
    async 'AWS::ElasticLoadBalancingV2::LoadBalancer'(arn, { Scheme, SecurityGroups }) {
      const ask = new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] });
      const { LoadBalancers: [made] = [] } = await elb.send(ask);
      return [made, { Scheme, SecurityGroups }];
    },
    async 'AWS::ElasticLoadBalancingV2::TargetGroup'(arn, { HealthCheckProtocol, Matcher, Port, VpcId }) {
      const ask = new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] });
      const { TargetGroups: [made] = [] } = await elb.send(ask);
      return [made, { HealthCheckProtocol, Matcher, Port, VpcId }];
    },
    async 'AWS::ElasticLoadBalancingV2::Listener'(arn, { Certificates, Port, SslPolicy, DefaultActions }) {
      const { Listeners: [made] = [] } = await elb.send(
        new DescribeListenersCommand({ ListenerArns: [arn] }),
      );
      return [made, { Certificates, Port, SslPolicy, DefaultActions }];
    },
    async 'AWS::ElasticLoadBalancingV2::ListenerRule'(arn, { Actions, Conditions }) {
      const { Rules: [made] = [] } = await elb.send(new DescribeRulesCommand({ RuleArns: [arn] }));
      return [made, { Actions, Conditions }];
    },
  };
}
