/**
 * Fetches a large result as its consumer does, in a process of its own, so that its memory is its own:
 * `large-result.ts <Ocrolus> <DynamoDB> <table> <S3> <bucket>`. Prints `{failed, outcomes, megabytes}`.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { createOcrolusClient } from '../../../shared/ocrolus/client.ts';
import { openNetworkPorts } from '../../../shared/ports.ts';
import { openBodies } from '../../../shared/store/result-bodies.ts';
import { openTable } from '../../../shared/store/table.ts';
import { createStage, delivery, receive } from '../../consumers/testing/stage.ts';

const [apiUrl = '', dynamodb = '', tableName = '', s3 = '', bucket = ''] = process.argv.slice(2);
const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

const table = openTable(tableName, new DynamoDBClient({ ...access, endpoint: dynamodb }));
const client = createOcrolusClient({
  apiUrl,
  tokens: { get: async () => 'token', discard: () => {} },
  limiter: { take: async () => {}, pause: async () => {} },
  ports: openNetworkPorts(),
});
const bodies = openBodies(bucket, new S3Client({ ...access, endpoint: s3, forcePathStyle: true }));
const stage = createStage(table, {
  accounts: { names: ['default'], client: () => client },
  bodies: { ...bodies, objects: new Map(), uploads: new Set() },
  clock: { now: Date.now, iso: () => new Date().toISOString(), advance: () => {} },
});
const failed = await receive(stage, [delivery('book.analytics_v2.generated', { bookUuid: 'b' })]);
const outcomes = (await stage.reader.events('b')).map(({ outcome }) => outcome);
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ failed, outcomes, megabytes }));
