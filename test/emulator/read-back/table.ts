import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { ReadBack } from './read-back.ts';

export const table: ReadBack = {
  what: 'the table has its keys, its index, its stream, its key and its time to live',
  types: ['AWS::DynamoDB::Table'],
  async compare(moto, stack) {
    const dynamodb = new DynamoDBClient(moto.client);
    const [[id, resolved] = ['', {}]] = stack.resolved('AWS::DynamoDB::Table');
    const TableName = stack.idOf(id);
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      KeySchema: resolved.KeySchema,
      AttributeDefinitions: expect.arrayContaining(resolved.AttributeDefinitions),
      StreamSpecification: resolved.StreamSpecification,
      BillingModeSummary: { BillingMode: resolved.BillingMode },
      DeletionProtectionEnabled: resolved.DeletionProtectionEnabled,
    });
    // The emulator's CloudFormation passes over these two.
    const [[keyId] = ['']] = stack.resolved('AWS::KMS::Key');
    expect(resolved.SSESpecification.KMSMasterKeyId).toMatch(new RegExp(`:key/${stack.idOf(keyId)}$`));
    const [index] = Table?.GlobalSecondaryIndexes ?? [];
    expect(index).toMatchObject(resolved.GlobalSecondaryIndexes[0]);
    const { TimeToLiveSpecification } = resolved;
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
    dynamodb.destroy();
  },
};
