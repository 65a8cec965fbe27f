import { expect, it } from 'vitest';
import { MAX_ANSWER } from '../../../shared/custom-resource/answer.ts';
import { ADOPTED } from '../../infra/testing/settings.ts';
import { check, table } from './testing/check.ts';

const { keyArn, tableName } = ADOPTED;

it('accepts a table and a bucket that are like those of the stack', async () => {
  expect((await check()).told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'adopted-storage' });
});

it('lists every fault in one answer that CloudFormation can read, and logs each', async () => {
  const { told, faults, lines, bytes } = await check({
    found: {
      table: {
        ...{ TableStatus: 'ACTIVE', KeySchema: table().table.KeySchema },
        AttributeDefinitions: table().table.AttributeDefinitions,
      },
      timeToLive: { status: 'DISABLED', attribute: undefined },
      isRecoverable: false,
    },
    body: { versioning: undefined, encryption: [], publicAccess: {}, lifecycle: [] },
  });
  expect(told.Status).toBe('FAILED');
  expect(lines).toHaveLength(11);
  expect(faults).toHaveLength(lines.length);
  expect(faults.at(-1)).toMatch(/'$/);
  expect(bytes).toBeLessThanOrEqual(MAX_ANSWER);
});

it('leaves out whole lines where names are so long that not every command fits', async () => {
  const ResourceProperties = { tableName: 'x'.repeat(255), keyArn, isProtected: 'true', deliveryDays: '180' };
  const { faults, lines } = await check({
    found: table({
      ...{ StreamSpecification: undefined, GlobalSecondaryIndexes: undefined, SSEDescription: undefined },
      ...{ BillingModeSummary: undefined, DeletionProtectionEnabled: false },
    }),
    request: { ResourceProperties },
  });
  const all = lines.map((line) => JSON.parse(line)).map(({ reason, fix }) => `${reason}: ${fix}`);
  expect(faults).toEqual(all.slice(0, faults.length));
  expect(faults.length).toBeLessThan(all.length);
});

it('checks only what the settings name, and no protection of a trial stage', async () => {
  const { told } = await check({
    found: table({ DeletionProtectionEnabled: false }),
    body: undefined,
    request: { ResourceProperties: { tableName, keyArn, isProtected: 'false', deliveryDays: '180' } },
  });
  expect(told.Status).toBe('SUCCESS');
});

it('removes nothing, and never blocks the deletion of the stack', async () => {
  const request = { RequestType: 'Delete', PhysicalResourceId: 'as-before' };
  const { told } = await check({ found: undefined, body: undefined, request });
  expect(told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'as-before' });
});
