import { describe, expect, it, test } from 'vitest';
import { BODY, basic, openWebhook, SECRET, START, signed, statusOf } from './testing/webhook-under-test.ts';

const secret = {
  current: SECRET,
  basic: [
    { username: 'ocrolus', password: 'first:with-colon' },
    { username: 'ocrolus', password: 'second' },
  ],
};
const good = basic('ocrolus', 'second');
const bad = basic('ocrolus', 'third');
const signedWell = signed().headers;
const signedBadly = signed({ secret: 'another-secret-of-16' }).headers;

type Mode = 'signature' | 'basic' | 'either' | 'both';

const cases: [what: string, headers: Record<string, string>, accepting: Mode[]][] = [
  ['nothing', {}, []],
  ['a signature', signedWell, ['signature', 'either']],
  ['credentials', good, ['basic', 'either']],
  ['both', { ...signedWell, ...good }, ['signature', 'basic', 'either', 'both']],
  ['a signature and bad credentials', { ...signedWell, ...bad }, ['signature', 'either']],
  ['credentials and a bad signature', { ...signedBadly, ...good }, ['basic', 'either']],
  ['both bad', { ...signedBadly, ...bad }, []],
];

describe.each<Mode>(['signature', 'basic', 'either', 'both'])('authentication mode %s', (authentication) => {
  test.each(cases)('%s', async (_what, headers, accepting) => {
    const { conditions, post } = openWebhook({ secret, authentication });
    const answer = await post({ body: BODY, headers });
    const accepted = accepting.includes(authentication);
    expect(answer.statusCode).toBe(accepted ? 200 : 401);
    expect(conditions.queued).toHaveLength(accepted ? 1 : 0);
  });
});

it.each([
  [
    'the first of several credentials, with a colon in the password',
    basic('ocrolus', 'first:with-colon'),
    200,
  ],
  [
    'the scheme in any letter case',
    { Authorization: good.Authorization?.replace('Basic', 'bASIC') ?? '' },
    200,
  ],
  ['another scheme', { Authorization: 'Bearer b2Nyb2x1czpzZWNvbmQ=' }, 401],
  ['nothing after the scheme', { Authorization: 'Basic ' }, 401],
  ['plain text', { Authorization: 'Basic ocrolus:second' }, 401],
  ['no colon', { Authorization: `Basic ${Buffer.from('ocrolussecond').toString('base64')}` }, 401],
  ['other letter case', basic('Ocrolus', 'second'), 401],
  ['base64 with unused bits that are set', { Authorization: 'Basic b2Nyb2x1czpzZWNvbmR=' }, 401],
  ['base64 without padding', { Authorization: 'Basic b2Nyb2x1czpzZWNvbmQ' }, 401],
  ['base64 with too much padding', { Authorization: 'Basic b2Nyb2x1czpzZWNvbmQ==' }, 401],
  ['base64 with padding in the middle', { Authorization: 'Basic b2Nyb2x1=czpzZWNvbmQ=' }, 401],
])('%s', async (_what, headers, status) => {
  expect(await statusOf({ body: BODY, headers }, { secret, authentication: 'basic' })).toBe(status);
});

it.each([
  ['is asked of the signed when both are', 'both', 401],
  ['is not asked of credentials: nothing vouches for the timestamp', 'basic', 200],
] as const)('freshness %s', async (_what, authentication, status) => {
  const old = signed({ timestamp: String(START - 901) }).headers;
  const headers = { ...old, ...good };
  expect(await statusOf({ body: BODY, headers }, { secret, authentication })).toBe(status);
});

describe('nothing configured', () => {
  const nothing = { basic: [] };

  it.each<Mode>(['signature', 'basic', 'either', 'both'])('refuses everything in mode %s', async (mode) => {
    const { conditions, post } = openWebhook({ secret: nothing, authentication: mode });
    expect((await post(signed({ secret: '' }))).statusCode).toBe(401);
    expect((await post({ body: BODY, headers: basic('', '') })).statusCode).toBe(401);
    expect(conditions.queued).toEqual([]);
    expect(conditions.lines.join()).toContain('"reason":"nothing-configured"');
  });

  it('accepts the unsigned where the deployment says so', async () => {
    const { conditions, post } = openWebhook({ secret: nothing, allowUnsigned: true });
    expect((await post({ body: BODY })).statusCode).toBe(200);
    expect(conditions.lines.join()).toContain('"DeliveryAcceptedUnsigned":1');
  });

  it('what proves itself is not counted as unsigned', async () => {
    const { conditions, post } = openWebhook({ allowUnsigned: true });
    expect((await post(signed())).statusCode).toBe(200);
    expect(conditions.lines.join()).not.toContain('DeliveryAcceptedUnsigned');
  });

  it('the permission ends with the first secret', async () => {
    expect(await statusOf({ body: BODY }, { allowUnsigned: true })).toBe(401);
  });

  it('a mode whose proof is not configured accepts nothing, whatever else is', async () => {
    expect(await statusOf(signed(), { authentication: 'basic', allowUnsigned: true })).toBe(401);
    const onlyBasic = { secret: { basic: secret.basic }, allowUnsigned: true };
    expect(await statusOf({ body: BODY, headers: good }, onlyBasic)).toBe(401);
  });
});
