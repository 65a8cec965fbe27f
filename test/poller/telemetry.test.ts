import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { writeBook } from '../../shared/store/books.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { writeStrand } from '../../shared/store/strands.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { observation, second, WRITER } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

const createTable = useTables();
let stage: PollerStage;
beforeEach(async () => {
  stage = createPollerStage(await createTable());
});

const DAY = 86_400;
const says = (status: string) =>
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status));
const store = (status: string) =>
  writeBook(stage.table, observation('b', 0, status), { ...WRITER, dueAt: second(50) });
const stuck = () => stage.counted.get('BooksStuck') ?? 0;

describe('a book at work', () => {
  test('that has looked the same since before the horizon is stuck, at every look', async () => {
    await store('VERIFYING');
    says('VERIFYING');
    await stage.visitDue();
    stage.clock.advance(29 * DAY);
    await stage.visitDue();
    expect(stuck()).toBe(0);
    stage.clock.advance(2 * DAY);
    await stage.visitDue();
    stage.clock.advance(DAY);
    await stage.visitDue();
    expect(stuck()).toBe(2);
  });

  test('that has moved is not stuck, however old it is', async () => {
    await store('PROCESSING');
    says('PROCESSING');
    await stage.visitDue();
    stage.clock.advance(31 * DAY);
    says('VERIFYING');
    await stage.visitDue();
    stage.clock.advance(DAY);
    await stage.visitDue();
    expect(stuck()).toBe(0);
  });

  test('that is verified and complete is not stuck, but settled', async () => {
    await store('VERIFIED');
    for (const strand of ['analytics', 'detect'] as const)
      await writeStrand(stage.table, 'b', strand, { state: 'available', at: second(60) }, 1, WRITER);
    await writeStrand(stage.table, 'b', 'capture', { state: 'complete', at: second(60) }, 1, WRITER);
    says('VERIFIED');
    await stage.visitDue();
    stage.clock.advance(601);
    await stage.visitDue();
    stage.clock.advance(31 * DAY);
    await stage.visitDue();
    expect(stuck()).toBe(0);
  });

  test('that is verified, but never gets what is missing, is stuck', async () => {
    await store('VERIFIED');
    says('VERIFIED');
    await stage.visitDue();
    stage.clock.advance(31 * DAY);
    await stage.visitDue();
    expect(stuck()).toBe(1);
  });
});

describe('the lag of a run', () => {
  test('is that of the book which is due longest, when the run begins', async () => {
    for (const [n, bookUuid] of ['b0', 'b1', 'b2'].entries()) {
      await ensureBook(stage.table, { bookId: bookUuid, bookUuid }, { ...WRITER, now: second(40 + 10 * n) });
      stage.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
    }
    await stage.run();
    expect(stage.measured.get('DueLag')).toBe(60);
  });

  test('is none when nothing is due', async () => {
    await stage.run();
    expect(stage.measured.get('DueLag')).toBe(0);
  });
});
