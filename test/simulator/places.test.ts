import { expect, test } from 'vitest';
import { Places } from './webhooks/places.ts';

test('as many work at a time as there are places, and all in the end', async () => {
  const places = new Places(2);
  let [atOnce, mostAtOnce, done] = [0, 0, 0];
  const works = Array.from({ length: 7 }, (_, n) =>
    places.hold(async () => {
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
