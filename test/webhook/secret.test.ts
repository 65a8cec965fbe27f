import { describe, expect, it } from 'vitest';
import { BODY, basic, openWebhook, SECRET, START, signed } from './testing/webhook-under-test.ts';

const NEW_SECRET = 'example-webhook-secret-B2';
const fresh = (nowSeconds: number, secret = SECRET) => signed({ secret, timestamp: String(nowSeconds) });

describe('a secret is read', () => {
  it('once for all deliveries of its time to live, and again after it', async () => {
    const { world, post } = openWebhook({ secretTtlSeconds: 300 });
    for (const seconds of [0, 100, 299]) {
      world.nowSeconds = START + seconds;
      expect((await post(fresh(world.nowSeconds))).statusCode).toBe(200);
    }
    expect(world.secretReads).toBe(1);
    world.nowSeconds = START + 300;
    await post(fresh(world.nowSeconds));
    expect(world.secretReads).toBe(2);
  });

  it('again when a signature does not fit: a rotation is noticed before the time to live is over', async () => {
    const { world, post } = openWebhook();
    await post(fresh(START));
    world.secretText = JSON.stringify({ current: NEW_SECRET });
    world.nowSeconds = START + 30;
    expect((await post(fresh(world.nowSeconds, NEW_SECRET))).statusCode).toBe(200);
    expect(world.secretReads).toBe(2);
  });

  it('and the secret that was replaced is no longer accepted then', async () => {
    const { world, post } = openWebhook();
    world.secretText = JSON.stringify({ current: NEW_SECRET });
    expect((await post(fresh(START, SECRET))).statusCode).toBe(401);
  });

  it.each(['basic', 'either', 'both'] as const)(
    'again when credentials do not fit in mode %s',
    async (authentication) => {
      const secretWith = (password: string) => ({
        current: SECRET,
        basic: [{ username: 'ocrolus', password }],
      });
      const { world, post } = openWebhook({ authentication, secret: secretWith('old') });
      await post(fresh(START));
      world.secretText = JSON.stringify(secretWith('new'));
      world.nowSeconds = START + 30;
      const signature = authentication === 'both' ? fresh(world.nowSeconds).headers : {};
      const answer = await post({ body: BODY, headers: { ...signature, ...basic('ocrolus', 'new') } });
      expect(answer.statusCode).toBe(200);
    },
  );

  it('at most every 30 seconds, however many signatures do not fit', async () => {
    const { world, post } = openWebhook();
    const forge = () => post(fresh(world.nowSeconds, NEW_SECRET));
    await post(fresh(START));
    for (let seconds = 0; seconds < 90; seconds += 1) {
      world.nowSeconds = START + seconds;
      expect((await forge()).statusCode).toBe(401);
    }
    expect(world.secretReads).toBe(3);
  });

  it('at most every 30 seconds for forgeries while Secrets Manager fails, too', async () => {
    const { world, post } = openWebhook();
    await post(fresh(START));
    world.secretsManagerFails = true;
    for (let seconds = 30; seconds < 90; seconds += 1) {
      world.nowSeconds = START + seconds;
      await post(fresh(world.nowSeconds, NEW_SECRET));
    }
    expect(world.secretReads).toBe(3);
  });

  it('not for what is refused without it', async () => {
    const { world, post } = openWebhook();
    await post({ ...signed(), account: 'nobody' });
    await post({ ...signed(), method: 'GET' });
    await post({ ...signed(), eventBody: { body: '*', isBase64Encoded: true } });
    expect(world.secretReads).toBe(0);
  });
});

describe('while Secrets Manager fails', () => {
  it('the secret that is known serves on', async () => {
    const { world, post } = openWebhook();
    await post(fresh(START));
    world.secretsManagerFails = true;
    world.nowSeconds = START + 3600;
    expect((await post(fresh(world.nowSeconds))).statusCode).toBe(200);
    expect((await post(fresh(world.nowSeconds, NEW_SECRET))).statusCode).toBe(401);
    expect(world.queued).toHaveLength(2);
  });

  it('a delivery without a known secret is 503, so that Ocrolus comes again', async () => {
    const { world, post } = openWebhook({ allowUnsigned: true });
    world.secretsManagerFails = true;
    expect((await post(signed())).statusCode).toBe(503);
    expect(world.queued).toEqual([]);
    world.secretsManagerFails = false;
    expect((await post(signed())).statusCode).toBe(200);
  });

  it.each(['', 'not JSON', '{"current":5}', '[]', '{"basic":[{"username":"","password":""}]}'])(
    'a secret of another shape (%s) is 503 and never an open door',
    async (text) => {
      const { world, post } = openWebhook({ allowUnsigned: true });
      world.secretText = text;
      expect((await post({ body: BODY })).statusCode).toBe(503);
      expect(world.queued).toEqual([]);
    },
  );
});
