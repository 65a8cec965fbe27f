import { describe, expect, test } from 'vitest';
import { type EventFacts, eventFacts } from '../../../infra/docs/events/event-facts.ts';
import { SUBJECTS } from '../../../infra/docs/events/subjects.ts';
import { POLICIES, type Policy } from '../../../shared/checklist/kinds.ts';
import { EVENT_NAMES } from '../../../shared/events/catalog.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { RESULT_PREFIX, resultItem } from '../../../shared/store/keys.ts';
import type { PollerHarness } from '../../poller/testing/harness.ts';
import { saysAllKinds, withIds, withIdsOf } from './testing/everything.ts';
import { deliver, harnessOf } from './testing/harness.ts';

/** What docs/events.md says of each event, tried out with the consumers. */
const events = await eventFacts();
const STATUS = withIdsOf(calls.bookStatus({ bookUuid: 'b' }));

/** The policies with which an event is followed. */
const FETCHED = POLICIES.filter((policy) => policy !== 'never');

test('docs/events.md has every event of the catalog', () => {
  expect(events.map(({ name }) => name)).toEqual(EVENT_NAMES);
});

describe.each(events)('$name', (facts) => {
  test.each(FETCHED)(
    'of a known book, %s: exactly what the page says is asked and stored',
    async (policy) => {
      const harness = await harnessWithAll(policy);
      expect(await deliver(harness, 'plaid.upload_failed')).toEqual([]);
      harness.clock.advance(60);
      harness.ocrolus.asked.splice(0);
      expect(await deliver(harness, facts.name)).toEqual([]);
      expect(targets(harness)).toEqual(expected(facts, facts.asksStatus === 'always'));
      expect(await resultItems(harness)).toEqual(facts.results.map(withIds).sort());
      const ledger = (await harness.reader.events('b')).at(-1);
      expect(ledger).toMatchObject({
        eventName: facts.name,
        outcome: expect.stringMatching(/^(applied|unchanged)$/),
      });
    },
  );

  if (facts.opens.some(({ of }) => of === 'request')) {
    test('without the id of a request: what the page says for that is stored', async () => {
      const harness = await harnessWithAll('announced');
      expect(await deliver(harness, facts.name, { bookUuid: 'b' })).toEqual([]);
      const opened = facts.opensWithoutId.map(({ kind, of }) => resultItem(kind, withIds(SUBJECTS[of])));
      expect(await resultItems(harness)).toEqual(opened);
    });
  }

  test.each(FETCHED)(
    'of an unknown book, %s: Book status is asked too, unless the event is only recorded',
    async (policy) => {
      const harness = await harnessWithAll(policy);
      expect(await deliver(harness, facts.name)).toEqual([]);
      expect(targets(harness)).toEqual(expected(facts, facts.asksStatus !== 'never'));
      const written = (await items(harness)).filter((item) => /^(BOOK|DOC#)/.test(item));
      expect(written).toEqual(facts.statuses.map(withIds).sort());
    },
  );

  test('with policy never: no result is asked for', async () => {
    const harness = await harnessWithAll('never');
    expect(await deliver(harness, facts.name)).toEqual([]);
    expect(targets(harness)).toEqual(facts.asksStatus === 'never' ? [] : [STATUS]);
    expect(await resultItems(harness)).toEqual([]);
  });

  test(`what is stored already is ${facts.reopens ? '' : 'not '}asked for again`, async () => {
    const harness = await harnessWithAll('announced');
    expect(await deliver(harness, facts.name)).toEqual([]);
    harness.clock.advance(60);
    harness.ocrolus.asked.splice(0);
    expect(await deliver(harness, facts.name)).toEqual([]);
    const asked = targets(harness).filter((target) => target !== STATUS);
    expect(asked).toEqual(facts.reopens ? expected(facts, false) : []);
  });
});

/** Where Ocrolus has everything. */
async function harnessWithAll(policy: Policy): Promise<PollerHarness> {
  const harness = await harnessOf(policy);
  saysAllKinds(harness.ocrolus);
  return harness;
}

function targets(harness: PollerHarness): string[] {
  return harness.ocrolus.asked.map(({ target }) => target).sort();
}

function expected({ asked }: EventFacts, hasStatus: boolean): string[] {
  return [...asked.map(withIdsOf), ...(hasStatus ? [STATUS] : [])].sort();
}

async function items(harness: PollerHarness): Promise<string[]> {
  const found: string[] = [];
  for await (const { item } of harness.table.query({ bookId: 'b' })) found.push(String(item));
  return found.sort();
}

async function resultItems(harness: PollerHarness): Promise<string[]> {
  return (await items(harness)).filter((item) => item.startsWith(RESULT_PREFIX));
}
