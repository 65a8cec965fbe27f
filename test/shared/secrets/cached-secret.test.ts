import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cachedSecret, SecretShapeError } from '../../../shared/secrets/cached-secret.ts';

function open(ttlSeconds = 300) {
  const source = { text: '{"key":"first"}', fails: false, reads: 0, now: 0 };
  const secret = cachedSecret({
    read: async () => {
      source.reads += 1;
      if (source.fails) throw new Error('no answer');
      return source.text;
    },
    schema: z.object({ key: z.string() }),
    ttlSeconds,
    now: () => source.now * 1000,
  });
  return { source, secret };
}

const [FIRST, SECOND] = [{ key: 'first' }, { key: 'second' }];

it('callers at the same time share one reading', async () => {
  const { source, secret } = open();
  const values = await Promise.all([secret.get(), secret.get(), secret.get(), secret.refresh(30)]);
  expect(values.slice(0, 3)).toEqual([FIRST, FIRST, FIRST]);
  expect(source.reads).toBe(1);
});

it.each([300, 0])('a new value is seen after the time to live of %i s, not before', async (ttlSeconds) => {
  const { source, secret } = open(ttlSeconds);
  await secret.get();
  source.text = '{"key":"second"}';
  source.now = ttlSeconds - 1;
  if (ttlSeconds > 0) expect(await secret.get()).toEqual(FIRST);
  source.now = ttlSeconds;
  expect(await secret.get()).toEqual(SECOND);
});

describe('while it cannot be read', () => {
  it('the last value serves, and after a pause it is tried again', async () => {
    const { source, secret } = open();
    await secret.get();
    source.fails = true;
    source.now = 1000;
    expect(await secret.get()).toEqual(FIRST);
    source.fails = false;
    source.text = '{"key":"second"}';
    expect(await secret.get()).toEqual(FIRST);
    source.now += 10;
    expect(await secret.get()).toEqual(SECOND);
  });

  it('there is nothing to serve before the first reading: the error is thrown, once for each caller', async () => {
    const { source, secret } = open();
    source.fails = true;
    await expect(secret.get()).rejects.toThrow('no answer');
    source.fails = false;
    expect(await secret.get()).toEqual(FIRST);
  });
});

describe('a text of another shape', () => {
  it.each(['', '{', 'null', '{"key":5,"other":"confidential"}', '"confidential"'])('%j', async (text) => {
    const { source, secret } = open();
    source.text = text;
    const error: unknown = await secret.get().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SecretShapeError);
    expect(String(error)).not.toContain('confidential');
  });

  it('does not push out a good one', async () => {
    const { source, secret } = open();
    await secret.get();
    source.text = '{}';
    source.now = 300;
    expect(await secret.get()).toEqual(FIRST);
  });
});

describe('a refresh', () => {
  it('reads again when the last try is long enough ago', async () => {
    const { source, secret } = open();
    await secret.get();
    source.now = 29;
    expect(await secret.refresh(30)).toBe(false);
    source.text = '{"key":"second"}';
    source.now = 30;
    expect(await secret.refresh(30)).toBe(true);
    expect(await secret.get()).toEqual(SECOND);
  });

  it('that fails says so, counts as a try, and leaves the last value', async () => {
    const { source, secret } = open();
    await secret.get();
    source.fails = true;
    for (source.now = 30; source.now < 60; source.now += 1) expect(await secret.refresh(30)).toBe(false);
    expect(source.reads).toBe(2);
    expect(await secret.get()).toEqual(FIRST);
  });
});
