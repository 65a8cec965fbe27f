import { describe, expect, test } from 'vitest';
import { type EventFacts, eventFacts } from '../../../infra/docs/events/event-facts.ts';
import { SUBJECTS } from '../../../infra/docs/events/subjects.ts';
import { POLICIES, type Policy } from '../../../shared/checklist/kinds.ts';
import { EVENT_NAMES } from '../../../shared/events/catalog.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { RESULT_PREFIX, resultItem } from '../../../shared/store/keys.ts';
import type { PollerStage } from '../../poller/testing/stage.ts';
import { announce, stageOf } from './testing/announce.ts';
import { saysAllKinds, withIds, withIdsOf } from './testing/everything.ts';

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
      const stage = await stageWithAll(policy);
      expect(await announce(stage, 'plaid.upload_failed')).toEqual([]);
      stage.clock.advance(60);
      stage.ocrolus.asked.splice(0);
      expect(await announce(stage, facts.name)).toEqual([]);
      expect(targets(stage)).toEqual(expected(facts, facts.asksStatus === 'always'));
      expect(await resultItems(stage)).toEqual(facts.results.map(withIds).sort());
      const ledger = (await stage.reader.events('b')).at(-1);
      expect(ledger).toMatchObject({
        eventName: facts.name,
        outcome: expect.stringMatching(/^(applied|unchanged)$/),
      });
    },
  );

  if (facts.opens.some(({ of }) => of === 'request')) {
    test('without the id of a request: what the page says for that is stored', async () => {
      const stage = await stageWithAll('announced');
      expect(await announce(stage, facts.name, { bookUuid: 'b' })).toEqual([]);
      const opened = facts.opensWithoutId.map(({ kind, of }) => resultItem(kind, withIds(SUBJECTS[of])));
      expect(await resultItems(stage)).toEqual(opened);
    });
  }

  test.each(FETCHED)(
    'of an unknown book, %s: Book status is asked too, unless the event is only recorded',
    async (policy) => {
      const stage = await stageWithAll(policy);
      expect(await announce(stage, facts.name)).toEqual([]);
      expect(targets(stage)).toEqual(expected(facts, facts.asksStatus !== 'never'));
      const written = (await items(stage)).filter((item) => /^(BOOK|DOC#)/.test(item));
      expect(written).toEqual(facts.statuses.map(withIds).sort());
    },
  );

  test('with policy never: no result is asked for', async () => {
    const stage = await stageWithAll('never');
    expect(await announce(stage, facts.name)).toEqual([]);
    expect(targets(stage)).toEqual(facts.asksStatus === 'never' ? [] : [STATUS]);
    expect(await resultItems(stage)).toEqual([]);
  });

  test(`what is stored already is ${facts.reopens ? '' : 'not '}asked for again`, async () => {
    const stage = await stageWithAll('announced');
    expect(await announce(stage, facts.name)).toEqual([]);
    stage.clock.advance(60);
    stage.ocrolus.asked.splice(0);
    expect(await announce(stage, facts.name)).toEqual([]);
    const asked = targets(stage).filter((target) => target !== STATUS);
    expect(asked).toEqual(facts.reopens ? expected(facts, false) : []);
  });
});

/** Where Ocrolus has everything. */
async function stageWithAll(policy: Policy): Promise<PollerStage> {
  const stage = await stageOf(policy);
  saysAllKinds(stage.ocrolus);
  return stage;
}

function targets(stage: PollerStage): string[] {
  return stage.ocrolus.asked.map(({ target }) => target).sort();
}

function expected({ asked }: EventFacts, hasStatus: boolean): string[] {
  return [...asked.map(withIdsOf), ...(hasStatus ? [STATUS] : [])].sort();
}

async function items(stage: PollerStage): Promise<string[]> {
  const found: string[] = [];
  for await (const { item } of stage.table.query({ bookId: 'b' })) found.push(String(item));
  return found.sort();
}

async function resultItems(stage: PollerStage): Promise<string[]> {
  return (await items(stage)).filter((item) => item.startsWith(RESULT_PREFIX));
}
