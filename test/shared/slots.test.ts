import { expect, it } from 'vitest';
import { Slots } from '../../shared/slots.ts';

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
  expect([...running]).toEqual(['a', 'c']);
  ends.get('a')?.();
  ends.get('c')?.();
  expect(await Promise.all([a, c])).toEqual(['a', 'c']);
  await settle();
  expect([...running]).toEqual(['d']);
  ends.get('d')?.();
  expect(await d).toBe('d');
});

it('as many work at a time as there are slots, and all in the end', async () => {
  const slots = new Slots(2);
  let [atOnce, mostAtOnce, done] = [0, 0, 0];
  const works = Array.from({ length: 7 }, (_, n) =>
    slots.run(async () => {
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      await new Promise(setImmediate);
      atOnce -= 1;
      done += 1;
      if (n === 3) throw new Error('it failed');
    }),
  );
  await Promise.allSettled(works);
  expect([mostAtOnce, done]).toEqual([2, 7]);
});
