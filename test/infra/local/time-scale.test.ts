import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { readLocalSettings, timeScaleOf } from '../../../infra/local/settings.ts';
import { timesOf } from '../../../shared/checklist/times.ts';
import { checklistSettings } from '../../../shared/reconcile/context.ts';
import { readSettings } from '../../../shared/settings.ts';

const Times = z.object(checklistSettings);
const timesAt = (pollSeconds: number) => timesOf(readSettings(Times, timeScaleOf(pollSeconds)));
const DEPLOYED = timesOf(readSettings(Times, {}));

test('every time of checklist, poller and circuit shrinks in the same proportion', () => {
  /** All numbers in it. */
  const flat = (time: unknown): number[] =>
    typeof time === 'number' ? [time] : Object.values(Object(time)).flatMap(flat);
  const shrunk = flat(DEPLOYED).map((milliseconds) => expect.closeTo(milliseconds / 100, 3));
  expect(shrunk.length).toBeGreaterThan(20);
  expect(flat(timesAt(3))).toEqual(shrunk);
});

test('a schedule that is slower than a deployment stretches nothing', () => {
  expect(timesAt(600)).toEqual(DEPLOYED);
  expect(timesAt(300)).toEqual(DEPLOYED);
});

test('a schedule of less than a millisecond is accepted by the functions', () => {
  expect(timesAt(0.000_01).min).toBeGreaterThan(0);
});

test.each([
  ['with the simulated Ocrolus', [], {}, 2],
  ['as the variable says', [], { POLL_SECONDS: '300' }, 300],
  ['of the template, where Ocrolus is real', ['--no-simulator'], {}, undefined],
  ['of the template, with another Ocrolus', [], { OCROLUS_API_URL: 'https://ocrolus.example' }, undefined],
])('the pace is that %s', async (_, args, environment, pollSeconds) => {
  const settings = await readLocalSettings('local', args, environment);
  expect(settings?.environment.POLL_SECONDS).toBe(pollSeconds);
});
