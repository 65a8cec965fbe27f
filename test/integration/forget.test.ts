import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Book } from '../../infra/local/ocrolus/index.ts';
import { forgetCommand } from '../../infra/ops/commands/act/forget.ts';
import { replayCommand } from '../../infra/ops/commands/act/replay.ts';
import { runOps } from '../ops/fake-target.ts';
import { collect } from '../store/testing/stepwise.ts';
import { type Running, startRunning } from './testing/running.ts';

/** Part of every name and body of the borrower. */
const BORROWER = 'Jane Doe of Springfield';

describe('a request for erasure that names a delivery', () => {
  let running: Running;
  let book: Book;
  let named: string;

  /** An event of the book, as the vendor sends it, with the borrower in it. */
  const announce = (more: object = {}) =>
    running.post(
      JSON.stringify({ event_name: 'book.verified', book_uuid: book.uuid, borrower: BORROWER, ...more }),
    );
  const poll = async () => {
    await running.stack.invokePoller({ mode: 'now' });
    await running.drained();
  };
  const everything = () => collect(running.table.query({ bookId: book.uuid }));
  const objects = async () => {
    const { Contents = [] } = await running.s3.send(
      new ListObjectsV2Command({ Bucket: running.stack.bucket }),
    );
    return Contents.map(({ Key = '' }) => Key);
  };

  beforeAll(async () => {
    running = await startRunning();
    const { simulator } = running;
    book = simulator.addBook({
      name: BORROWER,
      documents: [
        { kind: 'bank-statement', name: `${BORROWER}.pdf`, transactions: 4000 },
        { kind: 'form', rejection: `not signed by ${BORROWER}` },
      ],
    });
    await simulator.verifyBook(book.uuid);
    await simulator.completeAnalytics(book.uuid);
    named = (await announce()).deliveryId;
    // Too large for a message.
    const { deliveryId } = await announce({ notes: BORROWER.repeat(10_000) });
    await running.ledgerOf(book.uuid, named);
    await running.ledgerOf(book.uuid, deliveryId);
    await running.drained();
  }, 120_000);
  afterAll(() => running?.stop());

  it('leads to a book, of which everything is stored', async () => {
    const log = running.logLines.find((line) => line.includes('delivery queued') && line.includes(named));
    expect(log).toContain(book.uuid);
    expect(JSON.stringify(await everything())).toContain(BORROWER);
    expect(await objects()).toEqual([
      expect.stringMatching(/^deliveries\//),
      expect.stringMatching(`^results/${book.uuid}/`),
    ]);
  });

  it('removes it', async () => {
    const output = await runOps(forgetCommand, running.target, { words: [book.uuid] });
    expect(output).toMatchObject({
      document: {
        bookUuid: book.uuid,
        bookPk: book.pk,
        removed: { documents: 2, objects: 2, deadLetters: 0 },
      },
    });
    const items = await everything();
    expect(items.filter(({ item }) => !/^(BOOK$|EVENT#)/.test(String(item)))).toEqual([]);
    expect(JSON.stringify(items)).not.toContain(BORROWER);
    expect(await objects()).toEqual([]);
    const entry = await running.ledgerOf(book.uuid, named);
    expect(entry).toMatchObject({ eventName: 'book.verified' });
    expect(entry).not.toHaveProperty('payload');
  });

  it('is remembered when the same event, a new document, the poller and discovery come', async () => {
    const { simulator, stack } = running;
    const before = simulator.calls.filter(({ path }) => path.includes(book.uuid)).length;
    const late = [await announce(), await announce({ notes: BORROWER.repeat(10_000) })];
    for (const { status, deliveryId } of late) {
      expect(status).toBe(200);
      expect(await running.ledgerOf(book.uuid, deliveryId)).toMatchObject({ outcome: 'forgotten' });
    }
    simulator.addDocument(book.uuid, { kind: 'form', name: BORROWER });
    await simulator.verifyBook(book.uuid);
    await running.drained();
    await poll();
    await stack.invokePoller();
    await running.drained();
    const items = await everything();
    expect(items.filter(({ item }) => !String(item).startsWith('EVENT#'))).toMatchObject([
      { status: 'FORGOTTEN' },
    ]);
    expect(JSON.stringify(items)).not.toContain(BORROWER);
    expect(await objects()).toEqual([]);
    expect(simulator.calls.filter(({ path }) => path.includes(book.uuid)).length).toBe(before);
  });

  it('has nothing left to be replayed, and finds nothing the second time', async () => {
    const from = { from: '2020-01-01', book: book.uuid };
    expect(await runOps(replayCommand, running.target, { flags: from })).toMatchObject({
      document: { sent: 0 },
    });
    const again = await runOps(forgetCommand, running.target, { words: [book.uuid] });
    const removed = {
      documents: 0,
      results: 0,
      payloads: 0,
      objects: 0,
      others: 0,
      elsewhere: 0,
      deadLetters: 0,
    };
    expect(again).toMatchObject({ document: { removed, recoverableUntil: null } });
  });

  it('leaves no trace in the logs, and nothing dead', async () => {
    expect(await running.drained()).toBe(0);
    expect(
      running.logLines.filter((line) => line.includes(BORROWER) || /"level":"ERROR"/.test(line)),
    ).toEqual([]);
  });
});
