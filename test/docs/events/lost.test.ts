import { describe, expect, test } from 'vitest';
import { DEFAULT_TIMES } from '../../../infra/docs/events/default-times.ts';
import { eventFacts } from '../../../infra/docs/events/event-facts.ts';
import { kindFacts } from '../../../infra/docs/events/kind-facts.ts';
import type { Recovery } from '../../../infra/docs/events/recovery.ts';
import { single } from '../../../infra/docs/events/subjects.ts';
import { CLASSIFY_ONLY, POLICIES, type Policy } from '../../../shared/checklist/kinds.ts';
import { resultItem } from '../../../shared/store/keys.ts';
import { makeBook } from '../../poller/testing/books.ts';
import { document, FORBIDDEN, saysBook } from '../../reconcile/testing/answers.ts';
import { createBookHarness, results } from '../../reconcile/testing/harness.ts';
import { saysAllKinds, saysAlways, withIds } from './testing/everything.ts';
import { harnessOf } from './testing/harness.ts';

/** What docs/events.md says of lost webhooks, tried out with poller and consumers: no event of the book ever comes. */
const events = await eventFacts();
const kinds = await kindFacts(events);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const GRACE_MS = DEFAULT_TIMES.grace;
/** The poller runs every five minutes at first, and then once an hour. */
const MINUTE_MS = 60_000;
const QUICK_RUNS = 12;
/** Past the last probe. */
const DAYS = 12;

/**
 * Lets a verified book live without any event, with one policy for all kinds.
 *
 * @param fromDay on which Ocrolus begins to have results; it refuses them until then.
 * @returns sort keys of results → when each was stored, in milliseconds after the book was verified; and what was asked.
 */
async function liveWithoutEvents(policy: Policy, fromDay: number) {
  const harness = await harnessOf(policy);
  saysAlways(harness.ocrolus, FORBIDDEN);
  await makeBook(harness.table, 'b', 90);
  const start = harness.clock.now();
  const stored = new Map<string, number>();
  for (let run = 0; run < QUICK_RUNS + DAYS * 24; run += 1) {
    if (harness.clock.now() - start >= fromDay * DAY_MS) saysAllKinds(harness.ocrolus);
    harness.clock.advance(run < QUICK_RUNS ? 300 : 3600);
    await harness.run();
    await harness.process();
    for (const { kind, subject } of await harness.reader.results('b')) {
      const item = resultItem(kind, subject);
      if (!stored.has(item)) stored.set(item, harness.clock.now() - start);
    }
  }
  return { stored, asked: harness.ocrolus.asked.map(({ operation }) => operation) };
}

const lives = new Map<string, ReturnType<typeof liveWithoutEvents>>();

/** The same, once for all tests. */
function life(policy: Policy, fromDay = 0): ReturnType<typeof liveWithoutEvents> {
  const key = `${policy} ${fromDay}`;
  const known = lives.get(key) ?? liveWithoutEvents(policy, fromDay);
  lives.set(key, known);
  return known;
}

/** Sort keys under which a kind is stored when it is recovered: of signals, one body for all documents. */
function recoveredItems({ kind, stored }: (typeof kinds)[number]): string[] {
  if (kind === 'signals') return [resultItem(kind, 'b')];
  // Later pages exist only of many rows.
  return stored.map(withIds).filter((item) => !item.includes('<'));
}

const claims = kinds.flatMap((facts) =>
  POLICIES.map((policy) => ({ ...facts, policy, title: `${facts.kind} of the ${facts.of}, ${policy}` })),
);

describe.each(claims)('$title', (facts) => {
  const { policy } = facts;
  const recovery: Recovery = facts.recovery[policy];

  if (recovery.by === 'poller') {
    test('is found by the poller at once', async () => {
      const { stored } = await life(policy);
      for (const item of recoveredItems(facts)) expectStored(stored, item, GRACE_MS, 15 * MINUTE_MS);
    });
    test('is found by the poller when Ocrolus has it on the fifth day only', async () => {
      const { stored } = await life(policy, 5);
      for (const item of recoveredItems(facts)) {
        expect(stored.get(item)).toBeGreaterThan(5 * DAY_MS);
        expect(stored.get(item)).toBeLessThan(6 * DAY_MS);
      }
    });
  }
  if (recovery.by === 'probes') {
    test.each(recovery.afterMs.map((ms) => ms / DAY_MS))('is found by the probe of day %s', async (day) => {
      // Ocrolus has it from half a day before that probe on.
      const { stored } = await life(policy, day - 0.5);
      for (const item of recoveredItems(facts)) expectStored(stored, item, day * DAY_MS, 2 * HOUR_MS);
    });
    test('is not found when Ocrolus has it after the last probe only', async () => {
      const { stored } = await life(policy, Math.max(...recovery.afterMs) / DAY_MS + 0.5);
      for (const item of recoveredItems(facts)) expect(stored.has(item)).toBe(false);
    });
  }
  if (recovery.by === 'nothing') {
    test('is not found', async () => {
      const { stored } = await life(policy);
      for (const item of facts.stored.map(withIds)) expect(stored.has(item)).toBe(false);
    });
  }
});

function expectStored(stored: ReadonlyMap<string, number>, item: string, afterMs: number, withinMs: number) {
  expect([item, stored.get(item)]).toEqual([item, expect.any(Number)]);
  const at = stored.get(item) ?? 0;
  expect(at).toBeGreaterThanOrEqual(afterMs);
  expect(at).toBeLessThanOrEqual(afterMs + withinMs);
}

test('never: nothing is asked for but the status of the book', async () => {
  const { asked } = await life('never');
  expect([...new Set(asked)]).toEqual(['book-status']);
});

test('a classify-only book: only what has the policy always for it is asked for', async () => {
  const harness = await createBookHarness();
  saysAllKinds(harness.ocrolus);
  const more = { book_class: CLASSIFY_ONLY };
  saysBook(harness.ocrolus, 'b', { book_status: 'VERIFYING', docs: [document('d', 'CLASSIFIED')], ...more });
  await makeBook(harness.table, 'b', 90);
  await harness.live(DAYS);
  const own = kinds.filter(({ classifyOnlyPolicy }) => classifyOnlyPolicy === 'always');
  expect(await results(harness)).toEqual(own.map(({ kind }) => `${kind} b`));
});

/** Each entry that an event of the catalog opens, by policy. */
const lostEvents = events.flatMap(({ name, opens }) =>
  opens.flatMap(({ kind, of }) => POLICIES.map((policy) => ({ name, kind, of, policy }))),
);

test.each(lostEvents)('lost: $name, $kind of the $of, $policy', async ({ kind, of, policy }) => {
  const facts = kinds.find((one) => one.kind === kind && one.of === single(of));
  if (facts === undefined) throw new Error('docs/events.md does not have it');
  const { stored } = await life(policy);
  const isStored = recoveredItems(facts).map((item) => stored.has(item));
  expect(new Set(isStored)).toEqual(new Set([facts.recovery[policy].by !== 'nothing']));
});
