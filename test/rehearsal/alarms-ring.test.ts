import { afterEach, expect, test, vi } from 'vitest';
import { FETCHERS } from '../../shared/reconcile/results/fetchers.ts';
import type { System } from '../simulation/system/start.ts';
import { type Rehearsal, rehearse } from './rehearse.ts';

afterEach(() => vi.restoreAllMocks());

/** Lets Ocrolus answer some paths with an error, from now on. */
const answering =
  (paths: RegExp, status: number, code: number) =>
  ({ core: { ocrolus } }: System) => {
    const answer = ocrolus.answer.bind(ocrolus);
    vi.spyOn(ocrolus, 'answer').mockImplementation((request) => {
      const reply = answer(request);
      return paths.test(request.path) ? { ...reply, status, body: JSON.stringify({ status, code }) } : reply;
    });
  };

const formsHaveABug = () => void vi.spyOn(FETCHERS, 'forms').mockRejectedValue(new TypeError('a bug'));

/** What goes wrong, the alarms that go off, and the minute by which each must. */
const FAULTS: readonly [fault: string, Omit<Rehearsal, 'hours'>, alarms: Readonly<Record<string, number>>][] =
  [
    [
      'Ocrolus answers 5xx',
      { faults: { api: { serverError: 1 } } },
      { 'ocrolus-unavailable': 15, 'results-failing': 30 },
    ],
    [
      'Ocrolus answers HTML',
      { faults: { api: { html: 1 } } },
      { 'ocrolus-unavailable': 15, 'results-failing': 30 },
    ],
    ['one call of Ocrolus answers 500', { begin: answering(/forms/, 500, 500) }, { 'results-failing': 45 }],
    [
      'Ocrolus refuses the credentials',
      { faults: { api: { expiredToken: 1 } } },
      { 'ocrolus-unavailable': 15 },
    ],
    [
      'Ocrolus refuses every call',
      { begin: answering(/^\/v[12]/, 403, 1401) },
      { 'ocrolus-unavailable': 15 },
    ],
    ['Ocrolus answers every call with 429', { faults: { api: { throttled: 1 } } }, { 'poller-behind': 75 }],
    [
      'a channel is paused',
      { begin: ({ core }) => core.pauses.pause('doc-verified', Number.POSITIVE_INFINITY) },
      { 'queue-age-results': 20 },
    ],
    ['the code cannot process an answer', { begin: formsHaveABug }, { 'answers-not-processed': 15 }],
    [
      'functions crash at their first request to the table',
      { faults: { ports: { table: { dieBefore: 1 } } } },
      { 'queue-age-results': 15, 'queue-age-status': 30, 'poller-silent': 15 },
    ],
    ['the API answers 503', { faults: { delivery: { refused: 1 } } }, { 'webhook-server-errors': 15 }],
    [
      'DynamoDB fails',
      { faults: { ports: { table: { failBefore: 1 } } } },
      { 'messages-failing': 15, 'poller-silent': 15 },
    ],
    ['S3 fails', { faults: { ports: { bodies: { failBefore: 1 } } } }, { 'messages-failing': 15 }],
  ];

test.each(FAULTS)('%s', { timeout: 300_000 }, async (_fault, rehearsal, alarms) => {
  const isLong = Math.max(...Object.values(alarms)) > 30;
  // Deliveries that are lost, or late, may be found by the poller.
  const { 'recovered-by-poll': _, ...rung } = await rehearse({ ...rehearsal, hours: isLong ? 1.25 : 0.5 });
  for (const [name, minute] of Object.entries(alarms)) {
    expect(rung, name).toHaveProperty(name);
    expect(rung[name], name).toBeGreaterThan(0);
    expect(rung[name], name).toBeLessThanOrEqual(minute);
  }
  // What rings is about this fault, and about no other.
  expect(Object.keys(rung).sort()).toEqual(Object.keys(alarms).sort());
});
