import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Handler } from 'aws-lambda';
import * as z from 'zod/mini';
import { CustomResourceRequest, isOfCloudFormation } from '../../shared/custom-resource/request.ts';
import { commonSettings, readSettings } from '../../shared/settings.ts';
import { openTable } from '../../shared/store/table.ts';
import { createLog } from '../../shared/telemetry/log.ts';
import { onCustomResource } from './check.ts';
import { claimData } from './data-version.ts';
import { inspectBucket, inspectTable } from './inspect.ts';

const REQUESTS = {
  maxAttempts: 3,
  requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true, connectionTimeout: 1000 },
};

const StorageSettings = z.object({
  ...commonSettings,
  /** The table of the stage. */
  DATA_TABLE: z.string(),
});

/** Checks in a deployment whether its version can use the data, and a table and a bucket that the stage adopts. */
export const handler: Handler<unknown, void> = async (event, { invokedFunctionArn }) => {
  const request = CustomResourceRequest.parse(event);
  if (!isOfCloudFormation(request.ResponseURL)) throw new Error('the request is not of CloudFormation');
  const settings = readSettings(StorageSettings);
  const [, , , , account = ''] = invokedFunctionArn.split(':');
  const dynamodb = new DynamoDBClient(REQUESTS);
  const s3 = new S3Client(REQUESTS);
  await onCustomResource(request, {
    inspectTable: (tableName) => inspectTable(dynamodb, tableName),
    inspectBucket: (bucketName) => inspectBucket(s3, bucketName, account),
    claimData: () => claimData(openTable(settings.DATA_TABLE, dynamodb), Date.now()),
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE } }),
    send: fetch,
  });
};
