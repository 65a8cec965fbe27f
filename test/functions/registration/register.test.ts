import { beforeEach, describe, expect, it, test } from 'vitest';
import { register } from '../../../functions/registration/register.ts';
import { remove } from '../../../functions/registration/remove.ts';
import { Failure } from '../../../shared/failure.ts';
import { HERE, LATER, openHarness, REGISTRATION, registered, THERE, unavailable } from './testing/harness.ts';

let harness: ReturnType<typeof openHarness>;

beforeEach(() => {
  harness = openHarness();
});

const FAILED = { ok: false, message: '401 Client Error' };
const ORGANIZATION = { ...REGISTRATION, level: 'organization', events: ['book.verified'] } as const;
const run = (former?: string, dependencies = harness.dependencies) =>
  register(REGISTRATION, former, dependencies, LATER);

test('events that Ocrolus leaves out are reported, and those it may leave out are not a fault', async () => {
  harness.state.unknown.push('DOC_VERIFIED');
  const { difference, events } = await run();
  expect(events).toEqual(['BOOK_VERIFIED']);
  expect(difference).toMatchObject({ missing: ['DOC_VERIFIED'], dropped: ['MIDDESK_VERIFIED'] });
  expect(harness.state.lines.join()).toContain('DOC_VERIFIED');
});

test('a webhook without events is not registered', async () => {
  harness.state.unknown.push(...REGISTRATION.events);
  await expect(run()).rejects.toThrow(/none of the events/);
  expect(harness.state.registered.account).toEqual([]);
});

describe('a step that fails leaves what was there before', () => {
  it.each(['put', 'setSecret', 'test'] as const)('%s', async (operation) => {
    const before = registered(THERE, 'BOOK_VERIFIED');
    harness.state.registered.account = [before];
    harness.state.fails.set(operation, unavailable());
    await expect(run()).rejects.toThrow('http-503');
    expect(harness.state.registered.account).toEqual([before]);
  });

  it('nothing, when there was nothing', async () => {
    harness.state.outcomeOf = () => FAILED;
    await expect(run()).rejects.toThrow(/could not deliver a test: 401 Client Error.*registration\.test/);
    expect(harness.state.registered.account).toEqual([]);
  });

  it('an organization’s webhook that was added without an answer is removed, others stay', async () => {
    const other = { ...registered(THERE, 'book.verified'), uuid: 'other' };
    harness.state.registered.organization = [other];
    harness.state.fails.set('put', unavailable());
    await expect(register(ORGANIZATION, undefined, harness.dependencies, LATER)).rejects.toThrow('http-503');
    expect(harness.state.registered.organization).toEqual([other]);
  });
});

describe('a takeover from another receiver', () => {
  const before = registered(THERE, 'BOOK_VERIFIED');
  const FORMER = 'the-former-secret-1';
  const OURS = 'secret-number-one-1';
  beforeEach(() => {
    harness.state.registered.account = [before];
  });

  it('is tested with the former secret, where that is known, before ours is set', async () => {
    harness.state.previous = { previous: FORMER };
    await expect(run()).resolves.toMatchObject({ test: 'ok', replaced: THERE });
    expect(harness.state.tests).toEqual([undefined, OURS]);
    expect(harness.state.secrets).toEqual([OURS]);
  });

  it('changes nothing when the webhook does not accept our secret', async () => {
    harness.state.trial = 'refused';
    await expect(run()).rejects.toThrow(/does not accept its own secret/);
    expect(harness.state).toMatchObject({ puts: 0, secrets: [], tried: [HERE] });
  });

  it.each(['accepted', 'unreachable'] as const)('continues when the trial delivery is %s', async (trial) => {
    harness.state.trial = trial;
    await expect(run()).resolves.toMatchObject({ test: 'ok' });
  });

  it('leaves the former secret untouched when that test fails', async () => {
    harness.state.previous = { previous: FORMER };
    harness.state.outcomeOf = (secret) => ({ ok: secret !== undefined, message: '502 Bad Gateway' });
    await expect(run()).rejects.toThrow(/502 Bad Gateway.*"previous"/);
    expect(harness.state.secrets).toEqual([]);
    expect(harness.state.registered.account).toEqual([before]);
  });

  it.each(['setSecret', 'test'] as const)(
    'that fails at %s restores the former secret',
    async (operation) => {
      harness.state.previous = { previous: FORMER };
      if (operation === 'setSecret') harness.state.fails.set(operation, unavailable());
      else harness.state.outcomeOf = (secret) => ({ ok: secret !== OURS, message: '401 Client Error' });
      await expect(run()).rejects.toThrow(/http-503|401/);
      expect(harness.state.secrets).toEqual([OURS, FORMER]);
      expect(harness.state.registered.account).toEqual([before]);
    },
  );

  it.each([{}, { previous: '' }, { previous: FORMER, previousUntil: '2099-01-01T00:00:00Z' }])(
    'that fails says so where the former secret is unknown: %j',
    async (previous) => {
      harness.state.previous = previous;
      harness.state.outcomeOf = () => FAILED;
      await expect(run()).rejects.toThrow(
        /401 Client Error.*https:\/\/elsewhere\.example\.com\/old is registered again.*"previous"/,
      );
      expect(harness.state.secrets).toEqual([OURS]);
      expect(harness.state.lines.join()).not.toMatch(/secret-number|former-secret/);
    },
  );

  it('is not an update of our own URL', async () => {
    harness.state.previous = { previous: FORMER };
    harness.state.outcomeOf = () => FAILED;
    await expect(run(THERE)).rejects.toThrow(/401 Client Error\. If the webhook/);
    expect(harness.state).toMatchObject({ secrets: [OURS], tried: [] });
  });
});

test.each(['x'.repeat(15), 'x'.repeat(129)])(
  'a secret that Ocrolus would refuse stops a registration',
  async (current) => {
    harness.state.stored = [current];
    await expect(run()).rejects.toThrow(/16 to 128/);
    expect(harness.state).toMatchObject({ puts: 0, secrets: [] });
  },
);

test('a failed test is only reported if the settings say so', async () => {
  harness.state.outcomeOf = () => ({ ok: false, message: 'unsigned' });
  expect((await run(undefined, { ...harness.dependencies, test: 'report' })).test).toBe('unsigned');
});

test('an organization’s webhook moves with its URL instead of becoming two', async () => {
  harness.state.registered.organization = [{ ...registered(THERE, 'book.verified'), uuid: 'ours' }];
  await register(ORGANIZATION, THERE, harness.dependencies, LATER);
  expect(harness.state.registered.organization).toMatchObject([{ uuid: 'ours', url: HERE }]);
});

describe('the other level', () => {
  it('must be empty', async () => {
    harness.state.registered.organization = [registered(THERE, 'book.verified')];
    await expect(run()).rejects.toThrow(/organization level/);
    expect(harness.state.registered.account).toEqual([]);
    expect(harness.state.secrets).toEqual([]);
  });

  it('counts as empty when the credentials may not see it', async () => {
    harness.state.fails.set('list', new Failure('refused', 'http-403'));
    await expect(run()).resolves.toMatchObject({ test: 'ok' });
  });
});

test('a secret that a rotation changes meanwhile is set again', async () => {
  // Read for the URL, read to be set, read after that, and so on.
  harness.state.stored = ['one-one-one-one-one', 'one-one-one-one-one', 'two-two-two-two-two'];
  await run();
  expect(harness.state.secrets).toEqual(['one-one-one-one-one', 'two-two-two-two-two']);
});

test('Basic credentials go into the URL for Ocrolus, and into nothing that is shown', async () => {
  harness.state.basic = [{ username: 'lender', password: 'p@ss/word' }];
  const report = await run(undefined, { ...harness.dependencies, authentication: 'both' });
  expect(harness.state.registered.account[0]?.url).toContain('lender:p%40ss%2Fword@');
  harness.state.unknown.push('DOC_VERIFIED');
  expect(JSON.stringify([report, harness.state.lines])).not.toMatch(/lender|p%40ss|p@ss/);
});

test.each([
  ['this stack, whatever its credentials', HERE.replace('//', '//me:secret@'), true],
  ['another receiver, which has taken over', THERE, false],
])('removing: the webhook of %s', async (_, url, isRemoved) => {
  harness.state.registered.account = [registered(url, 'BOOK_VERIFIED')];
  expect(await remove(REGISTRATION, harness.dependencies, LATER)).toBe(isRemoved);
  expect(harness.state.registered.account).toHaveLength(isRemoved ? 0 : 1);
});
