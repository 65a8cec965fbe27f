import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../shared/events/channels.ts';
import { variantTemplate } from '../infra/variants.ts';
import { createStack, type EmulatedStack, NOT_IN_EMULATED_STACKS } from './emulated-stack.ts';
import { type Moto, motoIsInstalled, startMoto } from './moto.ts';

/** The template, created by an emulator of AWS's APIs, is what it says. */
describe.skipIf(!motoIsInstalled())('in an emulated account', () => {
  const template = variantTemplate('default');
  let moto: Moto;
  let stack: EmulatedStack;

  beforeAll(async () => {
    moto = await startMoto();
    stack = await createStack(moto, template);
  });
  afterAll(() => moto.stop());

  test('the whole template is created as one stack', () => {
    expect(stack.status).toBe('CREATE_COMPLETE');
    const types = new Set(Object.values(template.Resources).map(({ Type }): string => Type));
    const missing = [...types].filter((type) => !stack.created.has(type) && !type.startsWith('Custom::'));
    expect(missing.filter((type) => !NOT_IN_EMULATED_STACKS.includes(type))).toEqual([]);
  });

  test('no property is left with a reference that CloudFormation did not understand', () => {
    for (const id of Object.keys(template.Resources)) {
      expect(JSON.stringify(stack.properties(id)), id).not.toMatch(/"(Ref|Fn::\w+)":/);
    }
  });

  test('every queue has its times, its DLQ, its key and its policy', async () => {
    const sqs = new SQSClient(moto.client);
    const policies = new Map<string, string>(
      stack
        .resolved('AWS::SQS::QueuePolicy')
        .flatMap(([, { Queues, PolicyDocument }]) =>
          Queues.map((url: string): [string, string] => [url, JSON.stringify(PolicyDocument)]),
        ),
    );
    const queues = stack.resolved('AWS::SQS::Queue');
    expect(queues.length).toBeGreaterThanOrEqual(2 * CHANNELS.length);
    for (const [id, queue] of queues) {
      const QueueUrl = stack.idOf(id);
      const Policy = policies.get(QueueUrl);
      await sqs.send(
        new SetQueueAttributesCommand({ QueueUrl, Attributes: Policy === undefined ? {} : { Policy } }),
      );
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      expect(Attributes.QueueArn, id).toMatch(new RegExp(`:${queue.QueueName}$`));
      expect(Attributes.KmsMasterKeyId, id).toBe(queue.KmsMasterKeyId);
      expect(Number(Attributes.MessageRetentionPeriod), id).toBe(queue.MessageRetentionPeriod);
      expect(Number(Attributes.VisibilityTimeout), id).toBe(queue.VisibilityTimeout ?? 30);
      expect(JSON.parse(Attributes.RedrivePolicy ?? 'null'), id).toEqual(queue.RedrivePolicy ?? null);
      expect(JSON.parse(Attributes.Policy ?? 'null'), id).toEqual(JSON.parse(Policy ?? 'null'));
    }
    sqs.destroy();
  });

  test('the table has its keys, its index, its stream and its time to live', async () => {
    const dynamodb = new DynamoDBClient(moto.client);
    const [[id, table] = ['', {}]] = stack.resolved('AWS::DynamoDB::Table');
    const TableName = stack.idOf(id);
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      KeySchema: table.KeySchema,
      AttributeDefinitions: expect.arrayContaining(table.AttributeDefinitions),
      StreamSpecification: table.StreamSpecification,
      BillingModeSummary: { BillingMode: table.BillingMode },
      DeletionProtectionEnabled: table.DeletionProtectionEnabled,
    });
    const [index] = Table?.GlobalSecondaryIndexes ?? [];
    expect(index).toMatchObject(table.GlobalSecondaryIndexes[0]);
    // The emulator's CloudFormation passes this over.
    const { TimeToLiveSpecification } = table;
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
    dynamodb.destroy();
  });

  test('every function runs with the settings, the role and the limits that the template gives it', async () => {
    const lambda = new LambdaClient(moto.client);
    const functions = stack.resolved('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThanOrEqual(CHANNELS.length + 2);
    for (const [id, { Handler, MemorySize, Role, Runtime, Timeout, Environment }] of functions) {
      const made = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: stack.idOf(id) }));
      expect(made, id).toMatchObject({ Handler, MemorySize, Role, Runtime, Timeout, Environment });
      // JSON that is put together at deployment must still be JSON.
      for (const name of ['ACCOUNTS', 'QUEUE_URLS']) {
        const value = made.Environment?.Variables?.[name];
        if (value !== undefined) expect(() => JSON.parse(value), `${id} ${name}`).not.toThrow();
      }
    }
    lambda.destroy();
  });

  test('every queue feeds its function as the template says', async () => {
    const lambda = new LambdaClient(moto.client);
    const mappings = stack.resolved('AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(CHANNELS.length);
    for (const [id, mapping] of mappings) {
      const { EventSourceMappings: made = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({ EventSourceArn: mapping.EventSourceArn }),
      );
      expect(made, id).toHaveLength(1);
      expect(made[0]?.FunctionArn, id).toContain(mapping.FunctionName);
      expect(made[0], id).toMatchObject({
        BatchSize: mapping.BatchSize,
        FunctionResponseTypes: mapping.FunctionResponseTypes,
        ScalingConfig: mapping.ScalingConfig,
      });
    }
    lambda.destroy();
  });

  test('the bucket takes its policy', async () => {
    const s3 = new S3Client({ ...moto.client, forcePathStyle: true });
    const policies = stack.resolved('AWS::S3::BucketPolicy');
    for (const [id, { Bucket, PolicyDocument }] of policies) {
      const Policy = JSON.stringify(PolicyDocument);
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const made = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      expect(JSON.parse(made.Policy ?? 'null'), id).toEqual(PolicyDocument);
    }
    expect(policies.length).toBeGreaterThanOrEqual(1);
    s3.destroy();
  });
});
