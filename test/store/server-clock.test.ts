import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createServerClock } from '../../shared/store/server-clock.ts';

const START = Date.parse('2026-02-01T00:00:00.000Z');

/** Asks a server whose clock is ahead of ours by `skew`, at `times`, each answer taking `latency`. */
function learn(skew: number, times: readonly number[], latency: number) {
  let own = START;
  const clock = createServerClock(() => own);
  for (const time of times) {
    const sentAt = START + time;
    own = sentAt + latency;
    clock.observe(sentAt, own, new Date(sentAt + latency / 2 + skew).toUTCString());
  }
  return { clock, error: clock.now() - (own + skew) };
}

test('before the server has answered, our own time has to do', () => {
  expect(createServerClock(() => 1234).now()).toBe(1234);
});

test.each([0, 3_000, -3_000, 250, -86_400_000])('a clock that is %i ms off is found out', (skew) => {
  const times = Array.from({ length: 40 }, (_, n) => n * 137);
  expect(Math.abs(learn(skew, times, 10).error)).toBeLessThan(60);
});

test('one answer already tells the time to within a second', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -10_000, max: 10_000 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 0, max: 200 }),
      (skew, time, latency) => {
        expect(Math.abs(learn(skew, [time], latency).error)).toBeLessThanOrEqual(1000 + latency);
      },
    ),
  );
});

test('when our clock is set, what was learnt before is dropped', () => {
  let own = START;
  const clock = createServerClock(() => own);
  const date = (time: number) => new Date(time).toUTCString();
  for (let n = 0; n < 20; n += 1) {
    own = START + n * 130;
    clock.observe(own, own, date(own));
  }
  const server = own;
  own += 60_000;
  clock.observe(own, own, date(server));
  expect(Math.abs(clock.now() - server)).toBeLessThanOrEqual(1000);
});

test('a header that is no date changes nothing', () => {
  const clock = createServerClock(() => 1234);
  clock.observe(1, 2, 'yesterday');
  expect(clock.now()).toBe(1234);
});
