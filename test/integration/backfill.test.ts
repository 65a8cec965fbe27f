import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCursor } from '../../functions/poller/discovery/cursor.ts';
import type { Book } from '../../infra/local/ocrolus/index.ts';
import { backfillCommand } from '../../infra/ops/commands/act/backfill.ts';
import { pollCommand } from '../../infra/ops/commands/act/poll.ts';
import { missingCommand } from '../../infra/ops/commands/see/missing.ts';
import type { Target } from '../../infra/ops/target/target.ts';
import { type Call, runOps } from '../ops/fake-target.ts';
import { collect } from '../store/testing/stepwise.ts';
import { type Running, startRunning } from './testing/running.ts';

// A stage that was deployed long after these books existed: they are older than what it discovers.
let running: Running;
let target: Target;
let books: Book[];
beforeAll(async () => {
  running = await startRunning({ environment: { POLL_DISCOVER_FROM: '2999-01-01' } });
  const { simulator, stack } = running;
  const quiet = { deliver: false };
  books = [1, 2, 3].map(() => simulator.addBook({ documents: [{ kind: 'bank-statement' }] }, quiet));
  for (const book of books) {
    await simulator.verifyBook(book.uuid, quiet);
    await simulator.completeAnalytics(book.uuid, quiet);
    for (const document of book.documents) await simulator.runDetect(document.uuid, 'not_found', quiet);
  }
  const invoke = async (name: string, event: object): Promise<unknown> => {
    const outcome = await stack.invoke(name, event);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
    return JSON.parse(outcome.payload);
  };
  target = { ...running.target, invoke, poll: () => invoke('poller', { mode: 'now' }) };
}, 120_000);
afterAll(() => running?.stop());

const backfill = async (flags: Call['flags'], plans: string[] = []) => {
  const output = await runOps(backfillCommand, target, { flags, plans });
  return 'document' in output ? output.document : output;
};
const stored = async () => Promise.all(books.map(({ uuid }) => running.reader.book(uuid)));
const isComplete = async () => (await stored()).every((book) => book?.complete === true);
const untilComplete = () =>
  expect
    .poll(
      async () => {
        await runOps(pollCommand, target);
        await running.drained();
        return isComplete();
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBe(true);
const callsOf = ({ uuid }: Book) =>
  running.simulator.calls.filter((call) => JSON.stringify(call).includes(uuid)).length;

it('discovery passes old books by, and a dry run counts them and writes nothing', async () => {
  await runOps(pollCommand, target);
  expect((await readCursor(running.table, 'default', 0)).places.new.offset).toBe(3);
  const plans: string[] = [];
  const counted = await backfill({ from: '30d', 'dry-run': true }, plans);
  expect(counted).toMatchObject({ unknown: 3, again: 0, waiting: 0, left: 0, dryRun: true });
  expect(plans).toEqual([]);
  for (const { uuid } of books) expect(await collect(running.table.query({ bookId: uuid }))).toEqual([]);
});

it('after a backfill and polls, every result of every book is in the table', async () => {
  const plans: string[] = [];
  await backfill({ from: '30d' }, plans);
  expect(plans).toEqual([
    expect.stringMatching(/^fetch 3 books that are not stored, .* About \d+ calls, done at about 20/),
  ]);
  await untilComplete();
  for (const book of books) {
    const truth = running.simulator.truth(book.uuid);
    const [document] = book.documents;
    const body = await running.reader.resultBody(book.uuid, 'forms', document?.uuid);
    expect(body?.toString()).toBe(truth.body('forms', document?.uuid).toString());
    const kinds = (await running.reader.results(book.uuid)).map(({ kind }) => kind);
    for (const kind of ['transactions', 'signals', 'paystubs', 'summary', 'cash-flow']) {
      expect(kinds).toContain(kind);
    }
  }
  expect(await runOps(missingCommand, target)).toMatchObject({ text: 'nothing is missing' });
  expect((await readCursor(running.table, 'default', 0)).places.new.offset).toBe(3);
});

it('a second backfill finds nothing to do, and costs no call about a book', async () => {
  const before = books.map(callsOf);
  const items = await stored();
  const plans: string[] = [];
  expect(await backfill({ from: '30d' }, plans)).toMatchObject({ unknown: 0, again: 0, left: 3 });
  expect(plans).toEqual([]);
  expect(await stored()).toEqual(items);
  expect(books.map(callsOf)).toEqual(before);
});

it('one book is chosen by its pk', async () => {
  const [first] = books;
  const pk = String((await running.reader.book(first?.uuid ?? ''))?.bookPk);
  expect(await backfill({ from: `pk-${pk}`, to: `pk-${pk}`, 'dry-run': true })).toMatchObject({ left: 1 });
});
