import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { storeBody } from '../../../../functions/webhook/body-store.ts';
import { openBodies } from '../../../../shared/store/bodies/result-bodies.ts';
import { type AwsServer, startAwsServer } from '../../testing/aws-server.ts';

/** Checks the requests that S3 receives, half of which emulators ignore. */
describe('bodies in the bucket', () => {
  let s3: AwsServer;
  beforeAll(async () => {
    s3 = await startAwsServer(({ method }) => ({ status: 200, body: method === 'GET' ? 'a body' : '' }));
  });
  afterAll(() => s3.close());
  beforeEach(() => {
    s3.received.length = 0;
  });
  const path = () => s3.received.map((request) => `${request.method} ${request.path?.split('?')[0]}`);

  it('of results are written as gzip, under their key', async () => {
    const bodies = openBodies('results-bucket', new S3Client({}));
    await bodies.put('results/b/summary', Buffer.from('zipped'));
    expect(path()).toEqual(['PUT /results-bucket/results/b/summary']);
    expect(s3.received[0]).toMatchObject({ headers: { 'content-type': 'application/gzip' } });
    expect(String(s3.received[0]?.body)).toBe('zipped');
  });

  it('are read from the bucket that they are said to be in', async () => {
    const bodies = openBodies('results-bucket', new S3Client({}));
    expect(String(await bodies.get('former-bucket', 'results/b/summary'))).toBe('a body');
    expect(path()).toEqual(['GET /former-bucket/results/b/summary']);
  });

  it('of deliveries are written as they came', async () => {
    const store: typeof storeBody = (await import('../../../../functions/webhook/body-store.ts')).storeBody;
    const body = Buffer.from([0xff, 0x00, 0x0a]);
    const stored = await store('deliveries-bucket', 'deliveries/0a', body);
    expect(stored).toEqual({ bucket: 'deliveries-bucket', key: 'deliveries/0a' });
    expect(path()).toEqual(['PUT /deliveries-bucket/deliveries/0a']);
    expect(s3.received[0]?.body).toEqual(body);
  });
});
