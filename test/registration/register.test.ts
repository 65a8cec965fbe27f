import { beforeEach, describe, expect, it, test } from 'vitest';
import { register } from '../../functions/registration/register.ts';
import { remove } from '../../functions/registration/remove.ts';
import { Failure } from '../../shared/failure.ts';
import { HERE, openStage, REGISTRATION, registered, THERE, unavailable } from './stage.ts';

const LATER = Date.now() + 60_000;

let stage: ReturnType<typeof openStage>;
beforeEach(() => {
  stage = openStage();
});
const run = (former?: string, parts = stage.parts) => register(REGISTRATION, former, parts, LATER);

test('what Ocrolus leaves out is told, and what it may leave out is no fault', async () => {
  stage.world.unknown.push('DOC_VERIFIED');
  const { difference, events } = await run();
  expect(events).toEqual(['BOOK_VERIFIED']);
  expect(difference).toMatchObject({ missing: ['DOC_VERIFIED'], dropped: ['MIDDESK_VERIFIED'] });
  expect(stage.world.lines.join()).toContain('DOC_VERIFIED');
});

test('a webhook that gets no event at all is not registered', async () => {
  stage.world.unknown.push(...REGISTRATION.events);
  await expect(run()).rejects.toThrow(/none of the events/);
  expect(stage.world.registered.account).toEqual([]);
});

describe('a step that fails leaves what was there before', () => {
  it.each(['put', 'setSecret', 'test'] as const)('%s', async (operation) => {
    const before = registered(THERE, 'BOOK_VERIFIED');
    stage.world.registered.account = [before];
    stage.world.fails.set(operation, unavailable());
    await expect(run()).rejects.toThrow('http-503');
    expect(stage.world.registered.account).toEqual([before]);
  });

  it('nothing, when there was nothing', async () => {
    stage.world.outcome = { ok: false, message: '401 Client Error' };
    await expect(run()).rejects.toThrow(/could not deliver a test: 401 Client Error.*registration\.test/);
    expect(stage.world.registered.account).toEqual([]);
  });

  it('an organization’s webhook that was added without an answer is taken away, others stay', async () => {
    const other = { ...registered(THERE, 'book.verified'), uuid: 'other' };
    stage.world.registered.organization = [other];
    stage.world.fails.set('put', unavailable());
    const registration = { ...REGISTRATION, level: 'organization', events: ['book.verified'] } as const;
    await expect(register(registration, undefined, stage.parts, LATER)).rejects.toThrow('http-503');
    expect(stage.world.registered.organization).toEqual([other]);
  });
});

test('a test that fails is only reported where a stage says so', async () => {
  stage.world.outcome = { ok: false, message: 'unsigned' };
  expect((await run(undefined, { ...stage.parts, test: 'report' })).test).toBe('unsigned');
});

test('an organization’s webhook moves with its URL instead of becoming two', async () => {
  stage.world.registered.organization = [{ ...registered(THERE, 'book.verified'), uuid: 'ours' }];
  const registration = { ...REGISTRATION, level: 'organization', events: ['book.verified'] } as const;
  await register(registration, THERE, stage.parts, LATER);
  expect(stage.world.registered.organization).toMatchObject([{ uuid: 'ours', url: HERE }]);
});

describe('the other level', () => {
  it('must be empty', async () => {
    stage.world.registered.organization = [registered(THERE, 'book.verified')];
    await expect(run()).rejects.toThrow(/organization level/);
    expect(stage.world.registered.account).toEqual([]);
    expect(stage.world.secrets).toEqual([]);
  });

  it('counts as empty when the credentials may not see it', async () => {
    stage.world.fails.set('list', new Failure('refused', 'http-403'));
    await expect(run()).resolves.toMatchObject({ test: 'ok' });
  });
});

test('a secret that a rotation changes meanwhile is set again', async () => {
  // Read for the URL, read to be set, read after that, and so on.
  stage.world.stored = ['one-one-one-one-one', 'one-one-one-one-one', 'two-two-two-two-two'];
  await run();
  expect(stage.world.secrets).toEqual(['one-one-one-one-one', 'two-two-two-two-two']);
});

test('Basic credentials go into the URL for Ocrolus, and into nothing that is shown', async () => {
  stage.world.basic = [{ username: 'lender', password: 'p@ss/word' }];
  const report = await run(undefined, { ...stage.parts, authentication: 'both' });
  expect(stage.world.registered.account[0]?.url).toContain('lender:p%40ss%2Fword@');
  stage.world.unknown.push('DOC_VERIFIED');
  expect(JSON.stringify([report, stage.world.lines])).not.toMatch(/lender|p%40ss|p@ss/);
});

describe('removing', () => {
  it('takes away what points at us, whatever its credentials', async () => {
    stage.world.registered.account = [registered(HERE.replace('//', '//me:secret@'), 'BOOK_VERIFIED')];
    expect(await remove(REGISTRATION, stage.parts, LATER)).toBe(true);
    expect(stage.world.registered.account).toEqual([]);
  });

  it('leaves what somebody has taken over', async () => {
    stage.world.registered.account = [registered(THERE, 'BOOK_VERIFIED')];
    expect(await remove(REGISTRATION, stage.parts, LATER)).toBe(false);
    expect(stage.world.registered.account).toHaveLength(1);
  });
});
