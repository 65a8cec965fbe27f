import { beforeEach, describe, expect, it, test } from 'vitest';
import { register } from '../../functions/registration/register.ts';
import { remove } from '../../functions/registration/remove.ts';
import { Failure } from '../../shared/failure.ts';
import { HERE, LATER, openHarness, REGISTRATION, registered, THERE, unavailable } from './testing/harness.ts';

let harness: ReturnType<typeof openHarness>;

beforeEach(() => {
  harness = openHarness();
});

const run = (former?: string, dependencies = harness.dependencies) =>
  register(REGISTRATION, former, dependencies, LATER);

test('events that Ocrolus leaves out are reported, and those it may leave out are not a fault', async () => {
  harness.world.unknown.push('DOC_VERIFIED');
  const { difference, events } = await run();
  expect(events).toEqual(['BOOK_VERIFIED']);
  expect(difference).toMatchObject({ missing: ['DOC_VERIFIED'], dropped: ['MIDDESK_VERIFIED'] });
  expect(harness.world.lines.join()).toContain('DOC_VERIFIED');
});

test('a webhook without events is not registered', async () => {
  harness.world.unknown.push(...REGISTRATION.events);
  await expect(run()).rejects.toThrow(/none of the events/);
  expect(harness.world.registered.account).toEqual([]);
});

describe('a step that fails leaves what was there before', () => {
  it.each(['put', 'setSecret', 'test'] as const)('%s', async (operation) => {
    const before = registered(THERE, 'BOOK_VERIFIED');
    harness.world.registered.account = [before];
    harness.world.fails.set(operation, unavailable());
    await expect(run()).rejects.toThrow('http-503');
    expect(harness.world.registered.account).toEqual([before]);
  });

  it('nothing, when there was nothing', async () => {
    harness.world.outcomeOf = () => ({ ok: false, message: '401 Client Error' });
    await expect(run()).rejects.toThrow(/could not deliver a test: 401 Client Error.*registration\.test/);
    expect(harness.world.registered.account).toEqual([]);
  });

  it('an organization’s webhook that was added without an answer is removed, others stay', async () => {
    const other = { ...registered(THERE, 'book.verified'), uuid: 'other' };
    harness.world.registered.organization = [other];
    harness.world.fails.set('put', unavailable());
    const registration = { ...REGISTRATION, level: 'organization', events: ['book.verified'] } as const;
    await expect(register(registration, undefined, harness.dependencies, LATER)).rejects.toThrow('http-503');
    expect(harness.world.registered.organization).toEqual([other]);
  });
});

describe('a takeover from another receiver', () => {
  const before = registered(THERE, 'BOOK_VERIFIED');
  const FORMER = 'the-former-secret-1';
  const OURS = 'secret-number-one-1';
  beforeEach(() => {
    harness.world.registered.account = [before];
  });

  it('is tested with the former secret, where that is known, before ours is set', async () => {
    harness.world.previous = { previous: FORMER };
    await expect(run()).resolves.toMatchObject({ test: 'ok', replaced: THERE });
    expect(harness.world.tests).toEqual([undefined, OURS]);
    expect(harness.world.secrets).toEqual([OURS]);
  });

  it('changes nothing when the webhook does not accept our secret', async () => {
    harness.world.trial = 'refused';
    await expect(run()).rejects.toThrow(/does not accept its own secret/);
    expect(harness.world).toMatchObject({ puts: 0, secrets: [], tried: [HERE] });
  });

  it.each(['accepted', 'unreachable'] as const)('continues when the trial delivery is %s', async (trial) => {
    harness.world.trial = trial;
    await expect(run()).resolves.toMatchObject({ test: 'ok' });
  });

  it('leaves the former secret untouched when that test fails', async () => {
    harness.world.previous = { previous: FORMER };
    harness.world.outcomeOf = (secret) => ({ ok: secret !== undefined, message: '502 Bad Gateway' });
    await expect(run()).rejects.toThrow(/502 Bad Gateway.*"previous"/);
    expect(harness.world.secrets).toEqual([]);
    expect(harness.world.registered.account).toEqual([before]);
  });

  it.each(['setSecret', 'test'] as const)(
    'that fails at %s restores the former secret',
    async (operation) => {
      harness.world.previous = { previous: FORMER };
      if (operation === 'setSecret') harness.world.fails.set(operation, unavailable());
      else harness.world.outcomeOf = (secret) => ({ ok: secret !== OURS, message: '401 Client Error' });
      await expect(run()).rejects.toThrow(/http-503|401/);
      expect(harness.world.secrets).toEqual([OURS, FORMER]);
      expect(harness.world.registered.account).toEqual([before]);
    },
  );

  it.each([{}, { previous: '' }, { previous: FORMER, previousUntil: '2099-01-01T00:00:00Z' }])(
    'that fails says so where the former secret is not known: %j',
    async (previous) => {
      harness.world.previous = previous;
      harness.world.outcomeOf = () => ({ ok: false, message: '401 Client Error' });
      await expect(run()).rejects.toThrow(
        /401 Client Error.*https:\/\/elsewhere\.example\.com\/old is registered again.*"previous"/,
      );
      expect(harness.world.secrets).toEqual([OURS]);
      expect(harness.world.lines.join()).not.toMatch(/secret-number|former-secret/);
    },
  );

  it('is not an update of our own URL', async () => {
    harness.world.previous = { previous: FORMER };
    harness.world.outcomeOf = () => ({ ok: false, message: '401 Client Error' });
    await expect(run(THERE)).rejects.toThrow(/401 Client Error\. If the webhook/);
    expect(harness.world).toMatchObject({ secrets: [OURS], tried: [] });
  });
});

test.each(['x'.repeat(15), 'x'.repeat(129)])(
  'a secret that Ocrolus would refuse stops a registration before it begins',
  async (current) => {
    harness.world.stored = [current];
    await expect(run()).rejects.toThrow(/16 to 128/);
    expect(harness.world).toMatchObject({ puts: 0, secrets: [] });
  },
);

test('a failed test is only reported if the settings say so', async () => {
  harness.world.outcomeOf = () => ({ ok: false, message: 'unsigned' });
  expect((await run(undefined, { ...harness.dependencies, test: 'report' })).test).toBe('unsigned');
});

test('an organization’s webhook moves with its URL instead of becoming two', async () => {
  harness.world.registered.organization = [{ ...registered(THERE, 'book.verified'), uuid: 'ours' }];
  const registration = { ...REGISTRATION, level: 'organization', events: ['book.verified'] } as const;
  await register(registration, THERE, harness.dependencies, LATER);
  expect(harness.world.registered.organization).toMatchObject([{ uuid: 'ours', url: HERE }]);
});

describe('the other level', () => {
  it('must be empty', async () => {
    harness.world.registered.organization = [registered(THERE, 'book.verified')];
    await expect(run()).rejects.toThrow(/organization level/);
    expect(harness.world.registered.account).toEqual([]);
    expect(harness.world.secrets).toEqual([]);
  });

  it('counts as empty when the credentials may not see it', async () => {
    harness.world.fails.set('list', new Failure('refused', 'http-403'));
    await expect(run()).resolves.toMatchObject({ test: 'ok' });
  });
});

test('a secret that a rotation changes meanwhile is set again', async () => {
  // Read for the URL, read to be set, read after that, and so on.
  harness.world.stored = ['one-one-one-one-one', 'one-one-one-one-one', 'two-two-two-two-two'];
  await run();
  expect(harness.world.secrets).toEqual(['one-one-one-one-one', 'two-two-two-two-two']);
});

test('Basic credentials go into the URL for Ocrolus, and into nothing that is shown', async () => {
  harness.world.basic = [{ username: 'lender', password: 'p@ss/word' }];
  const report = await run(undefined, { ...harness.dependencies, authentication: 'both' });
  expect(harness.world.registered.account[0]?.url).toContain('lender:p%40ss%2Fword@');
  harness.world.unknown.push('DOC_VERIFIED');
  expect(JSON.stringify([report, harness.world.lines])).not.toMatch(/lender|p%40ss|p@ss/);
});

describe('removing', () => {
  it('removes the webhook of this stack, whatever its credentials', async () => {
    harness.world.registered.account = [registered(HERE.replace('//', '//me:secret@'), 'BOOK_VERIFIED')];
    expect(await remove(REGISTRATION, harness.dependencies, LATER)).toBe(true);
    expect(harness.world.registered.account).toEqual([]);
  });

  it('leaves a webhook that another receiver has taken over', async () => {
    harness.world.registered.account = [registered(THERE, 'BOOK_VERIFIED')];
    expect(await remove(REGISTRATION, harness.dependencies, LATER)).toBe(false);
    expect(harness.world.registered.account).toHaveLength(1);
  });
});
