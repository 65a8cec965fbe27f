import { describe, expect, it } from 'vitest';
import { BODY, basic, openWebhook, SECRET, START, signed } from './testing/webhook-under-test.ts';

const NEW_SECRET = 'example-webhook-secret-B2';
const fresh = (nowSeconds: number, secret = SECRET) => signed({ secret, timestamp: String(nowSeconds) });

describe('a secret is read', () => {
  it('again when a signature does not fit: a rotation is noticed before the time to live is over', async () => {
    const { conditions, post } = openWebhook();
    await post(fresh(START));
    conditions.secretText = JSON.stringify({ current: NEW_SECRET });
    conditions.nowSeconds = START + 10;
    expect((await post(fresh(conditions.nowSeconds, NEW_SECRET))).statusCode).toBe(200);
    expect(conditions.secretReads).toBe(2);
  });

  it.each([
    ['basic', {}],
    ['either', {}],
    ['either', { 'Webhook-Signature': 'malformed' }],
    ['both', fresh(START + 10).headers],
  ] as const)(
    'again when credentials do not fit in mode %s, with the headers %o',
    async (authentication, headers) => {
      const secretWith = (password: string) => ({
        current: SECRET,
        basic: [{ username: 'ocrolus', password }],
      });
      const { conditions, post } = openWebhook({ authentication, secret: secretWith('old') });
      await post(fresh(START));
      conditions.secretText = JSON.stringify(secretWith('new'));
      conditions.nowSeconds = START + 10;
      const answer = await post({ body: BODY, headers: { ...headers, ...basic('ocrolus', 'new') } });
      expect(answer.statusCode).toBe(200);
    },
  );

  it('at most every 10 seconds, however many signatures do not fit', async () => {
    const { conditions, post } = openWebhook();
    const forge = () => post(fresh(conditions.nowSeconds, NEW_SECRET));
    await post(fresh(START));
    for (let seconds = 0; seconds < 90; seconds += 1) {
      conditions.nowSeconds = START + seconds;
      expect((await forge()).statusCode).toBe(401);
    }
    expect(conditions.secretReads).toBe(9);
  });

  it('not for what is refused without it', async () => {
    const { conditions, post } = openWebhook();
    await post({ ...signed(), account: 'nobody' });
    await post({ ...signed(), method: 'GET' });
    await post({ ...signed(), eventBody: { body: '*', isBase64Encoded: true } });
    expect(conditions.secretReads).toBe(0);
  });
});

describe('while Secrets Manager fails', () => {
  it('a delivery without a known secret is 503, so that Ocrolus comes again', async () => {
    const { conditions, post } = openWebhook({ allowUnsigned: true });
    conditions.secretsManagerFails = true;
    expect((await post(signed())).statusCode).toBe(503);
    expect(conditions.queued).toEqual([]);
    conditions.secretsManagerFails = false;
    expect((await post(signed())).statusCode).toBe(200);
  });

  it.each(['', 'not JSON', '{"current":5}', '[]', '{"basic":[{"username":"","password":""}]}'])(
    'a secret of another shape (%s) is 503, no open door',
    async (text) => {
      const { conditions, post } = openWebhook({ allowUnsigned: true });
      conditions.secretText = text;
      expect((await post({ body: BODY })).statusCode).toBe(503);
      expect(conditions.queued).toEqual([]);
    },
  );
});
