import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SecretVersions } from '../../../functions/rotation/secret-versions.ts';
import { type AwsServer, startAwsServer } from '../../shared/testing/aws-server.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook';
const TOKEN = '12345678-1234-1234-1234-123456789012';

/** Checks the requests to Secrets Manager: the stages decide which secret the webhook accepts. */
describe('the versions of a secret', () => {
  let secrets: AwsServer;
  let answer: { status: number; body: string };
  let versions: SecretVersions;
  beforeAll(async () => {
    secrets = await startAwsServer(() => answer);
    versions = (await import('../../../functions/rotation/secret-versions.ts')).openVersions(ARN);
  });
  afterAll(() => secrets.close());
  beforeEach(() => {
    secrets.received.length = 0;
    answer = { status: 200, body: '{}' };
  });
  const asked = () =>
    secrets.received.map(({ headers, body }) => [
      String(headers['x-amz-target']).replace('secretsmanager.', ''),
      JSON.parse(String(body)),
    ]);

  it.each(['AWSCURRENT', 'AWSPENDING'] as const)('are read by their stage: %s', async (stage) => {
    const CreatedDate = Date.parse('2026-01-01T00:00:00Z') / 1000;
    const SecretString = '{"current":"one-one-one-one-one"}';
    answer.body = JSON.stringify({ VersionId: 'v1', SecretString, CreatedDate });
    expect(await versions.read(stage)).toEqual({
      id: 'v1',
      secret: { current: 'one-one-one-one-one', basic: [] },
      createdAt: new Date('2026-01-01T00:00:00Z'),
    });
    expect(asked()).toEqual([['GetSecretValue', { SecretId: ARN, VersionStage: stage }]]);
  });

  it('that do not exist are `undefined`', async () => {
    answer = { status: 400, body: '{"__type":"ResourceNotFoundException"}' };
    expect(await versions.read('AWSPENDING')).toBeUndefined();
  });

  it.each<[what: string, work: () => Promise<unknown>, operation: string, input: object]>([
    [
      'become pending only: the current one stays current',
      () => versions.putPending({ current: 'two-two-two-two-two', basic: [] }, TOKEN),
      'PutSecretValue',
      {
        ClientRequestToken: TOKEN,
        SecretString: '{"current":"two-two-two-two-two","basic":[]}',
        VersionStages: ['AWSPENDING'],
      },
    ],
    [
      'become current in the place of the one that is',
      () => versions.makeCurrent('v2', 'v1'),
      'UpdateSecretVersionStage',
      { VersionStage: 'AWSCURRENT', MoveToVersionId: 'v2', RemoveFromVersionId: 'v1' },
    ],
  ])('%s', async (_what, work, operation, input) => {
    await work();
    expect(asked()).toEqual([[operation, { SecretId: ARN, ...input }]]);
  });
});
