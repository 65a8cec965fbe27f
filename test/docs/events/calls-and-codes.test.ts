import { describe, expect, test } from 'vitest';
import { eventFacts } from '../../../infra/docs/events/event-facts.ts';
import { type KindFacts, kindFacts } from '../../../infra/docs/events/kind-facts.ts';
import { SUBJECTS } from '../../../infra/docs/events/subjects.ts';
import type { Entry } from '../../../shared/checklist/entry.ts';
import { NOT_ANALYZED } from '../../../shared/checklist/transitions.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readDocuments } from '../../../shared/store/documents.ts';
import { error, signals } from '../../consumers/testing/answers.ts';
import { entryOf } from '../../consumers/testing/stored.ts';
import { makeBook } from '../../poller/testing/books.ts';
import type { PollerHarness } from '../../poller/testing/harness.ts';
import { FORBIDDEN } from '../../reconcile/testing/answers.ts';
import { saysAllKinds, saysAlways, withIds, withIdsOf } from './testing/everything.ts';
import { deliver, harnessOf } from './testing/harness.ts';

/** What docs/events.md says of each kind: further calls, and the codes that end an entry. */
const kinds = await kindFacts(await eventFacts());
const titled = kinds.map((facts) => ({ ...facts, title: `${facts.kind} of the ${facts.of}` }));

describe.each(titled.filter(({ fallbacks }) => fallbacks.length > 0))('$title', (facts) => {
  test('what is refused is asked for in the other ways', async () => {
    const harness = await harnessOf('announced');
    saysAlways(harness.ocrolus, FORBIDDEN);
    await deliverFirst(harness, facts);
    const all = [...facts.asked, ...facts.fallbacks].map(withIdsOf);
    expect(targets(harness).filter((target) => all.includes(target))).toEqual(all);
  });
});

describe.each(titled.filter(({ jobs }) => jobs.length > 0))('$title', (facts) => {
  test('what is too large is computed by a job, and a failed job ends the entry', async () => {
    const harness = await harnessOf('announced');
    saysAllKinds(harness.ocrolus);
    const [start, ask] = facts.jobs;
    for (const call of facts.asked) harness.ocrolus.says(withIdsOf(call), error(422, 1100));
    harness.ocrolus.says(withIdsOf(start ?? calls.analyticsJob('')), {
      httpStatus: 202,
      body: { job_id: 'j' },
    });
    harness.ocrolus.says(withIdsOf(ask ?? calls.analyticsJob('')), {
      body: { job_id: 'j', status: 'FAILED' },
    });
    await deliverFirst(harness, facts);
    // What a job says that was started along with the end of the book is asked for once more.
    await harness.live(4);
    expect(targets(harness)).toEqual(expect.arrayContaining([...facts.asked, ...facts.jobs].map(withIdsOf)));
    expect(await ended(harness, facts)).toMatchObject({ state: 'unavailable', code: 'job-failed' });
  });
});

describe.each(titled)('$title', (facts) => {
  const codes = facts.permanentCodes.filter((code) => /^\d+$/.test(code));

  test.each(codes)('%s ends the entry', async (code) => {
    const harness = await harnessOf('always');
    saysAlways(harness.ocrolus, error(400, Number(code)));
    if (facts.announcedBy.length > 0) await deliverFirst(harness, facts);
    else await makeBook(harness.table, 'b');
    await harness.liveHours(3);
    expect(await ended(harness, facts)).toMatchObject({ state: 'unavailable', code });
  });
});

test(`${NOT_ANALYZED} ends the signals of a document that Detect does not list for two days`, async () => {
  const harness = await harnessOf('always');
  saysAllKinds(harness.ocrolus);
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  await makeBook(harness.table, 'b');
  await harness.live(1.5);
  expect(await documentEntry(harness)).toBeUndefined();
  await harness.live(1.5);
  expect(await documentEntry(harness)).toMatchObject({ state: 'unavailable', code: NOT_ANALYZED });
  expect(kinds.filter(({ permanentCodes }) => permanentCodes.includes(NOT_ANALYZED))).toHaveLength(2);
});

/** Lets the first event that names the result come. */
async function deliverFirst(harness: PollerHarness, { announcedBy }: KindFacts): Promise<void> {
  const [name] = announcedBy;
  if (name === undefined) throw new Error('no event names it');
  await deliver(harness, name);
}

function targets({ ocrolus }: PollerHarness): string[] {
  return ocrolus.asked.map(({ target }) => target);
}

/** The entry of a kind after its answer. */
function ended(harness: PollerHarness, { kind, of }: KindFacts): Promise<Entry | undefined> {
  if (of === 'document') return documentEntry(harness, kind);
  const subject = withIds(SUBJECTS[of]);
  return entryOf(harness.table, 'b', subject === 'b' ? kind : `${kind}#${subject}`);
}

async function documentEntry(harness: PollerHarness, kind = 'signals'): Promise<Entry | undefined> {
  return (await readDocuments(harness.table, 'b')).get('d')?.entries[kind];
}
