import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Book } from '../../infra/local/ocrolus/index.ts';
import { type Running, startRunning } from './testing/running.ts';

const LOST = { deliver: false };

describe('webhooks that never come', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startRunning();
  });
  afterAll(() => running?.stop());

  /** Runs the poller again and again until the book is as it should be. */
  const polledUntil = (check: () => Promise<boolean>) =>
    expect
      .poll(
        async () => {
          await running.stack.invokePoller();
          await running.drained();
          return check();
        },
        { timeout: 45_000, interval: 300 },
      )
      .toBe(true);

  const hasAll = async (book: Book) => {
    const stored = await running.reader.book(book.uuid);
    const results = await running.reader.results(book.uuid);
    const wanted = [
      'forms',
      'transactions',
      'paystubs',
      'summary',
      'cash-flow',
      'enriched-transactions',
      'signals',
    ];
    return (
      stored?.complete === true && wanted.every((kind) => results.some((result) => result.kind === kind))
    );
  };

  it('are compensated by the poller, for a book that nothing has ever mentioned', async () => {
    const { simulator } = running;
    const book = simulator.addBook({ documents: [{ kind: 'bank-statement' }] }, LOST);
    await simulator.verifyBook(book.uuid, LOST);
    await simulator.completeAnalytics(book.uuid, LOST);
    for (const document of book.documents) await simulator.runDetect(document.uuid, 'not_found', LOST);
    await polledUntil(() => hasAll(book));
    const truth = simulator.truth(book.uuid);
    const [document] = book.documents;
    const forms = await running.reader.resultBody(book.uuid, 'forms', document?.uuid);
    expect(forms?.toString()).toBe(truth.body('forms', document?.uuid).toString());
    expect((await running.reader.events(book.uuid)).every(({ source }) => source === 'poll')).toBe(true);
    expect(await running.reader.missing(book.uuid)).toEqual([]);
  });

  it('are compensated for a document of an active book', async () => {
    const { simulator } = running;
    // The first is a part of a split upload: Book status does not show the uuid by which its forms are found.
    const documents = [{ kind: 'form', mixed: 'everything.pdf' }, { kind: 'form' }] as const;
    const book = simulator.addBook({ documents }, LOST);
    const [first] = book.documents;
    if (first === undefined) throw new Error('a book without documents');
    await simulator.verifyDocument(first.uuid, LOST);
    await polledUntil(async () => {
      const results = await running.reader.results(book.uuid);
      return results.some(({ kind, subject }) => kind === 'forms' && subject === first.uuid);
    });
  });

  it('start a new generation when a verified book is reopened', async () => {
    const { simulator, reader } = running;
    const book = simulator.addBook({ documents: [{ kind: 'form' }] });
    await simulator.verifyBook(book.uuid);
    await expect
      .poll(async () => (await reader.results(book.uuid)).filter(({ kind }) => kind === 'forms').length, {
        timeout: 20_000,
      })
      .toBe(1);
    simulator.addDocument(book.uuid, { kind: 'form' }, LOST);
    await simulator.verifyBook(book.uuid, LOST);
    await polledUntil(async () => {
      const stored = await reader.book(book.uuid);
      const forms = (await reader.results(book.uuid)).filter(({ kind }) => kind === 'forms');
      return stored?.generation === 2 && stored.open?.includes('forms') === false && forms.length === 2;
    });
  });

  it('are compensated for what Ocrolus was not ready to give', async () => {
    const { simulator, reader, stack } = running;
    const book = simulator.addBook({ documents: [{ kind: 'bank-statement' }] }, LOST);
    await simulator.verifyBook(book.uuid, LOST);
    const { deliveryId } = await running.post(
      JSON.stringify({ event_name: 'book.analytics_v2.generated', book_uuid: book.uuid }),
    );
    expect(await running.ledgerOf(book.uuid, deliveryId)).toMatchObject({
      outcome: 'waiting',
      reason: '9004',
    });
    await simulator.completeAnalytics(book.uuid, LOST);
    expect(await reader.missing(book.uuid)).toContainEqual(
      expect.objectContaining({ kind: 'summary', state: 'pending', code: '9004' }),
    );
    await polledUntil(async () => (await reader.book(book.uuid))?.analytics?.state === 'available');
    expect(stack.functionNames).toContain('poller');
  });

  it('leave nothing dead', async () => {
    expect(await running.drained()).toBe(0);
  });
});
