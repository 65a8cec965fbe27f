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
import type { PollerStage } from '../../poller/testing/stage.ts';
import { FORBIDDEN } from '../../reconcile/testing/answers.ts';
import { announce, stageOf } from './testing/announce.ts';
import { saysAllKinds, saysAlways, withIds, withIdsOf } from './testing/everything.ts';

/** What docs/events.md says of each kind: further calls, and the codes that end an entry. */
const kinds = await kindFacts(await eventFacts());
const titled = kinds.map((facts) => ({ ...facts, title: `${facts.kind} of the ${facts.of}` }));

describe.each(titled.filter(({ fallbacks }) => fallbacks.length > 0))('$title', (facts) => {
  test('what is refused is asked for in the other ways', async () => {
    const stage = await stageOf('announced');
    saysAlways(stage.ocrolus, FORBIDDEN);
    await announceFirst(stage, facts);
    const all = [...facts.asked, ...facts.fallbacks].map(withIdsOf);
    expect(targets(stage).filter((target) => all.includes(target))).toEqual(all);
  });
});

describe.each(titled.filter(({ jobs }) => jobs.length > 0))('$title', (facts) => {
  test('what is too large is computed by a job, and a failed job ends the entry', async () => {
    const stage = await stageOf('announced');
    saysAllKinds(stage.ocrolus);
    const [start, ask] = facts.jobs;
    for (const call of facts.asked) stage.ocrolus.says(withIdsOf(call), error(422, 1100));
    stage.ocrolus.says(withIdsOf(start ?? calls.analyticsJob('')), {
      httpStatus: 202,
      body: { job_id: 'j' },
    });
    stage.ocrolus.says(withIdsOf(ask ?? calls.analyticsJob('')), { body: { job_id: 'j', status: 'FAILED' } });
    await announceFirst(stage, facts);
    // What a job says that was started along with the end of the book is asked for once more.
    await stage.live(4);
    expect(targets(stage)).toEqual(expect.arrayContaining([...facts.asked, ...facts.jobs].map(withIdsOf)));
    expect(await ended(stage, facts)).toMatchObject({ state: 'unavailable', code: 'job-failed' });
  });
});

describe.each(titled)('$title', (facts) => {
  const codes = facts.permanentCodes.filter((code) => /^\d+$/.test(code));

  test.each(codes)('%s ends the entry', async (code) => {
    const stage = await stageOf('always');
    saysAlways(stage.ocrolus, error(400, Number(code)));
    if (facts.announcedBy.length > 0) await announceFirst(stage, facts);
    else await makeBook(stage.table, 'b');
    await stage.liveHours(3);
    expect(await ended(stage, facts)).toMatchObject({ state: 'unavailable', code });
  });
});

test(`${NOT_ANALYZED} ends the signals of a document that Detect does not list for two days`, async () => {
  const stage = await stageOf('always');
  saysAllKinds(stage.ocrolus);
  stage.ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  await makeBook(stage.table, 'b');
  await stage.live(1.5);
  expect(await documentEntry(stage)).toBeUndefined();
  await stage.live(1.5);
  expect(await documentEntry(stage)).toMatchObject({ state: 'unavailable', code: NOT_ANALYZED });
  expect(kinds.filter(({ permanentCodes }) => permanentCodes.includes(NOT_ANALYZED))).toHaveLength(2);
});

/** Lets the first event that names the result come. */
async function announceFirst(stage: PollerStage, { announcedBy }: KindFacts): Promise<void> {
  const [name] = announcedBy;
  if (name === undefined) throw new Error('no event names it');
  await announce(stage, name);
}

function targets({ ocrolus }: PollerStage): string[] {
  return ocrolus.asked.map(({ target }) => target);
}

/** The entry of a kind after its answer. */
function ended(stage: PollerStage, { kind, of }: KindFacts): Promise<Entry | undefined> {
  if (of === 'document') return documentEntry(stage, kind);
  const subject = withIds(SUBJECTS[of]);
  return entryOf(stage.table, 'b', subject === 'b' ? kind : `${kind}#${subject}`);
}

async function documentEntry(stage: PollerStage, kind = 'signals'): Promise<Entry | undefined> {
  return (await readDocuments(stage.table, 'b')).get('d')?.entries[kind];
}
