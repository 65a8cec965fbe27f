import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, readBook, updateBook } from '../../shared/store/books.ts';
import type { Table } from '../../shared/store/table.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { again, Crash, stepwise } from '../store/testing/stepwise.ts';
import {
  BOTH,
  createForgettingStage,
  expectForgotten,
  type ForgettingStage,
  PK,
  payload,
  saysPersonal,
  UUID,
} from './testing/forgetting.ts';

/** Longer than any function runs (docs/decisions/0019). */
const IN_FLIGHT_SECONDS = 15 * 60;

type Ids = Parameters<typeof delivery>[1];

/** An event that a consumer has at hand, until it is finished. */
function event(eventName: string, ids: Ids, attempts = 1) {
  return async (stage: ForgettingStage) => {
    const message = delivery(eventName, ids, { receivedAt: stage.clock.iso(), payload: payload() });
    for (let attempt = attempts; attempt < attempts + 15; attempt += 1) {
      const failed = await receive(stage.consumers, [message], { attempts: attempt });
      if (failed.length === 0) return;
    }
    throw new Error(`${eventName} is never finished`);
  };
}

async function poll(stage: ForgettingStage): Promise<void> {
  await stage.run();
  await stage.process();
}

/** A book that was announced, is stored, and is due. */
async function stored(stage: ForgettingStage): Promise<void> {
  await event('BOOK_VERIFIED', { bookUuid: 'b' })(stage);
  stage.clock.advance(3 * 3600);
}

async function reopened(stage: ForgettingStage): Promise<void> {
  await stored(stage);
  saysPersonal(stage, 'VERIFYING');
}

/** Of which only the pk is known: Ocrolus has refused to show it. */
async function storedByPk(stage: ForgettingStage): Promise<void> {
  stage.ocrolus.says(calls.bookStatus({ bookPk: '7' }), { httpStatus: 403, body: { message: 'Forbidden' } });
  await event('DOC_VERIFIED', { bookPk: '7', uploadedDocUuid: 'd' })(stage);
  saysPersonal(stage);
  stage.clock.advance(3600);
}

async function failing(stage: ForgettingStage): Promise<void> {
  const [forms] = stage.ocrolus.script(calls.documentForms('d'));
  if (forms === undefined) throw new Error('no forms');
  stage.ocrolus.says(calls.documentForms('d'), new Failure('retry', 'http-500'), forms);
}

const nothing = async () => {};

type Step = (stage: ForgettingStage) => Promise<unknown>;

/** What was there before; what is under way; by which ids it is forgotten. */
const CASES: readonly (readonly [string, Step, Step, typeof BOTH])[] = [
  ['a book that is announced for the first time', nothing, event('BOOK_VERIFIED', { bookUuid: 'b' }), BOTH],
  ['the same, and its pk is not known', nothing, event('BOOK_VERIFIED', { bookUuid: 'b' }), UUID],
  ['the same, by its pk alone', nothing, event('BOOK_VERIFIED', { bookUuid: 'b' }), PK],
  ['a document', stored, event('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }), BOTH],
  [
    'a document, received again',
    stored,
    event('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }, 2),
    BOTH,
  ],
  [
    'a document of an unknown book',
    nothing,
    event('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  [
    'a document whose book names the pk',
    nothing,
    event('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    BOTH,
  ],
  [
    'the same, and only the pk is forgotten',
    nothing,
    event('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    PK,
  ],
  [
    'the same, and only the uuid is forgotten',
    nothing,
    event('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    UUID,
  ],
  ['a book that moves to its uuid', storedByPk, event('BOOK_VERIFIED', { bookPk: '7' }), BOTH],
  [
    'a book that moves, and only the pk is forgotten',
    storedByPk,
    event('BOOK_VERIFIED', { bookPk: '7' }),
    PK,
  ],
  [
    'a book that moves, and only the uuid is forgotten',
    storedByPk,
    event('BOOK_VERIFIED', { bookPk: '7' }),
    UUID,
  ],
  ['a reopened book', reopened, event('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }), BOTH],
  [
    'signals of a document',
    stored,
    event('document.detect.signal_found', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  ['signals, without a book', stored, event('document.detect.signal_found', { uploadedDocUuid: 'd' }), BOTH],
  ['analytics', stored, event('book.analytics_v2.generated', { bookUuid: 'b' }), BOTH],
  ['an unknown event', stored, event('book.something_new', { bookUuid: 'b' }), BOTH],
  ['an upload that failed', stored, event('document.upload_failed', { bookUuid: 'b' }), BOTH],
  ['an attempt that fails', failing, event('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }), BOTH],
  ['a poll', stored, poll, BOTH],
  ['a poll of a reopened book', reopened, poll, BOTH],
  ['a poll that moves it to its uuid', storedByPk, poll, BOTH],
  ['a poll that moves it, and only the pk is forgotten', storedByPk, poll, PK],
  ['a poll that moves it, and only the uuid is forgotten', storedByPk, poll, UUID],
];

describe('whatever is under way when a book is forgotten, a quarter of an hour later nothing of it is left', () => {
  test.each(CASES)('%s', async (_name, prepare, work, ids) => {
    for (let n = 0; ; n += 1) {
      const stage = await createForgettingStage();
      await prepare(stage);
      stage.before(n, async () => {
        await stage.forget(ids);
        // The poller may have looked before the rest is written.
        if (n % 2 === 0) await stage.run();
      });
      await work(stage);
      if (!stage.hasHappened) {
        expect(n).toBeGreaterThan(0);
        return;
      }
      await stage.process();
      stage.clock.advance(IN_FLIGHT_SECONDS);
      await poll(stage);
      // What was forgotten by one of its ids only is found out by this poll, and removed by the next.
      await poll(stage);
      await expectForgotten(stage);
      // And it stays so, whatever is announced.
      await work(stage);
      await event('BOOK_VERIFIED', { bookUuid: 'b' })(stage);
      await event('BOOK_VERIFIED', { bookPk: '7' })(stage);
      stage.clock.advance(3600);
      await poll(stage);
      await expectForgotten(stage);
    }
  });
});

test('any interleaving of two consumers, the poller and the command, with crashes, ends without a trace', async () => {
  const documents = [
    event('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    event('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    event('document.detect.signal_found', { uploadedDocUuid: 'd' }),
  ];
  const run = fc.asyncProperty(
    fc.scheduler(),
    fc.constantFrom(nothing, stored, storedByPk),
    fc.tuple(fc.constantFrom(...documents), fc.constantFrom(BOTH, UUID, PK)),
    fc.infiniteStream(fc.nat(30)),
    async (scheduler, prepare, [ofDocument, ids], chance) => {
      let crashesLeft = 0;
      const crash = () => {
        const dies = crashesLeft > 0 && chance.next().value === 0;
        if (dies) crashesLeft -= 1;
        return dies;
      };
      let isStepwise = false;
      let steps: Table | undefined;
      const stage = await createForgettingStage((table) => {
        steps = stepwise(table, scheduler, crash);
        return switched(table, steps, () => isStepwise);
      });
      await prepare(stage);
      isStepwise = true;
      crashesLeft = 4;
      const all = [
        ofDocument(stage),
        event('BOOK_VERIFIED', { bookUuid: 'b' })(stage),
        stage.run().catch(() => undefined),
        again(() => stage.forget(ids, steps)),
      ];
      await scheduler.waitFor(Promise.all(all));
      isStepwise = false;
      await stage.process();
      stage.clock.advance(IN_FLIGHT_SECONDS);
      await poll(stage);
      await poll(stage);
      await expectForgotten(stage);
    },
  );
  await fc.assert(run, { numRuns: 150 });
});

/** One of two tables, as long as it is said to be that one. */
function switched(one: Table, other: Table, isOther: () => boolean): Table {
  const now = () => (isOther() ? other : one);
  return {
    get: (...args) => now().get(...args),
    put: (...args) => now().put(...args),
    update: (...args) => now().update(...args),
    delete: (...args) => now().delete(...args),
    query: (...args) => now().query(...args),
    queryDue: (...args) => now().queryDue(...args),
  };
}

it('killed at any point, it is all removed when it is run again', async () => {
  for (let n = 0; ; n += 1) {
    const stage = await createForgettingStage();
    await stored(stage);
    await event('DOC_VERIFIED', { bookPk: '7', uploadedDocUuid: 'd' })(stage);
    const isKilled = await stage.forgetUntil(n).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Crash) return true;
        throw error;
      },
    );
    await stage.forget(BOTH);
    await expectForgotten(stage);
    if (!isKilled) return;
  }
});

it('a book of the same uuid that another writer makes at the same moment is forgotten, too', async () => {
  const stage = await createForgettingStage();
  const writer = { account: 'default', source: 'webhook', now: stage.clock.now() } as const;
  // It has read that there is no such book.
  await stage.forget(UUID);
  await updateBook(stage.store, 'b', (book) => book ?? newBook('b', { bookUuid: 'b' }, writer), null);
  expect(await readBook(stage.store, 'b')).toMatchObject({ status: 'FORGOTTEN' });
});
