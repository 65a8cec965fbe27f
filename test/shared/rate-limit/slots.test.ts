import { expect, it } from 'vitest';
import { Slots } from '../../../shared/rate-limit/slots.ts';

it('so many works run at once, the others in the order of their coming, also after one that fails', async () => {
  const slots = new Slots(2);
  const running = new Set<string>();
  const ends = new Map<string, (error?: Error) => void>();
  const start = (name: string) =>
    slots.run(async () => {
      running.add(name);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      ends.set(name, (error) => (error === undefined ? resolve() : reject(error)));
      await promise.finally(() => running.delete(name));
      return name;
    });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(start);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  await settle();
  expect([...running]).toEqual(['a', 'b']);
  ends.get('b')?.(new Error('no'));
  await expect(b).rejects.toThrow('no');
  await settle();
  // A work that comes now waits behind the others.
  const e = start('e');
  await settle();
  expect([...running]).toEqual(['a', 'c']);
  ends.get('a')?.();
  ends.get('c')?.();
  expect(await Promise.all([a, c])).toEqual(['a', 'c']);
  await settle();
  expect([...running]).toEqual(['d', 'e']);
  ends.get('d')?.();
  ends.get('e')?.();
  expect(await Promise.all([d, e])).toEqual(['d', 'e']);
  const f = start('f');
  await settle();
  expect([...running]).toEqual(['f']);
  ends.get('f')?.();
  await f;
});
