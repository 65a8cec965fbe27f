import { expect, test } from 'vitest';
import { monitored } from '../infra/constructs/monitoring/alarms-of.ts';
import { ringsAt } from './cloud-watch.ts';

const MINUTE = 60_000;
const { alarms } = monitored({ probeMinutes: 5 });

/** @returns the minute at which an alarm goes off, if CloudWatch has each value of its metric so many minutes later. */
function ringsAfter(name: string, samples: readonly { at: number; value: number }[], delay: number) {
  for (let minute = 15; minute <= 60; minute += 1) {
    const known = samples.filter(({ at }) => at + delay * MINUTE <= minute * MINUTE);
    const at = ringsAt(alarms.get(name) ?? {}, () => known, minute * MINUTE, minute * MINUTE);
    if (at !== undefined) return minute;
  }
  return undefined;
}

/** Pings every five minutes, each some seconds late, as a schedule starts them; those that are not accepted count nothing. */
function pings(lateSeconds: number, failing: readonly number[]) {
  return Array.from({ length: 13 }, (_, n) => n)
    .filter((n) => !failing.includes(n))
    .map((n) => ({ at: 5 * n * MINUTE + lateSeconds * 1000, value: 1 }));
}

test.each([1, 30, 59])('one ping that fails does not page, two in a row do: %i s late', (late) => {
  for (const delay of [0, 1]) {
    expect(ringsAfter('probe-failing', pings(late, []), delay)).toBeUndefined();
    expect(ringsAfter('probe-failing', pings(late, [5]), delay)).toBeUndefined();
    // The last ping before them, at 20 minutes, is 12 minutes ago.
    expect(ringsAfter('probe-failing', pings(late, [5, 6]), delay)).toBe(33);
  }
});

test('a single delivery that is answered with 5xx pages before its last attempt', () => {
  const attempts = [20, 23, 26, 29].map((minute) => ({ at: minute * MINUTE, value: 1 }));
  expect(ringsAfter('webhook-server-errors', attempts, 1)).toBe(27);
  // The second attempt is accepted.
  expect(ringsAfter('webhook-server-errors', attempts.slice(0, 1), 1)).toBeUndefined();
});
