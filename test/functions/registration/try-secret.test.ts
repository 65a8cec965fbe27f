import { expect, it, test } from 'vitest';
import { trySecret } from '../../../functions/registration/try-secret.ts';
import { fakeFetch } from '../../shared/ocrolus/testing/fake-fetch.ts';
import { openWebhook } from '../webhook/testing/webhook-under-test.ts';
import { HERE } from './testing/harness.ts';

const CURRENT = 'secret-number-one-1';
const basic = [{ username: 'lender', password: 'p@ss:wörd' }];

/** The real webhook behind the URL. */
function webhookWith(secret: Parameters<typeof openWebhook>[0]) {
  const { conditions, post } = openWebhook(secret);
  conditions.nowSeconds = Math.floor(Date.now() / 1000);
  const { send, sent } = fakeFetch(async ({ body, headers }) => {
    const { statusCode } = await post({ body, headers: Object.fromEntries(headers) });
    return new Response('', { status: statusCode });
  });
  return { conditions, send, sent };
}

it.each(['signature', 'basic', 'either', 'both'] as const)(
  'a secret that the webhook has is accepted, and not kept: %s',
  async (authentication) => {
    const secret = { current: CURRENT, basic };
    const { conditions, send, sent } = webhookWith({ authentication, secret });
    expect(await trySecret(HERE, secret, authentication, send)).toBe('accepted');
    expect(conditions.queued).toEqual([]);
    expect(sent).toMatchObject([{ url: HERE, method: 'POST', redirect: 'error' }]);
    expect(sent[0]?.headers.has('authorization')).toBe(authentication !== 'signature');
  },
);

test.each([{ current: 'secret-number-two-2', basic }, { current: '', basic: [] }, { basic: [] }])(
  'another secret is refused',
  async (secret) => {
    const { send } = webhookWith({ secret: { current: CURRENT, basic } });
    expect(await trySecret(HERE, secret, 'signature', send)).toBe('refused');
  },
);

test.each([403, 404, 500, 503])('%i says nothing about the secret', async (status) => {
  const { send } = fakeFetch(() => new Response('', { status }));
  expect(await trySecret(HERE, { current: CURRENT, basic }, 'signature', send)).toBe('unreachable');
});

test('neither does a webhook that cannot be reached', async () => {
  const { send } = fakeFetch(() => Promise.reject(new TypeError('fetch failed')));
  expect(await trySecret(HERE, { current: CURRENT, basic }, 'signature', send)).toBe('unreachable');
});
