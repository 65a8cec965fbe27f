import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Book } from '../../infra/local/ocrolus/model/book.ts';
import { activityOf } from '../../infra/ops/logs/function-logs.ts';
import { SEED_EVENT_NAMES } from '../../shared/events/catalog.ts';
import { unknownPaths } from '../infra/local/ocrolus/testing/client.ts';
import { truthOf } from '../infra/local/ocrolus/testing/truth.ts';
import { type Running, startRunning } from './testing/running.ts';

describe('the nine seed events', () => {
  let running: Running;
  let book: Book;
  let requestId: string;
  let businessUuid: string;

  beforeAll(async () => {
    // Slow enough for a busy machine: an event that is later than 15 scaled minutes seems to be about something new.
    running = await startRunning({ environment: { TIME_SCALE: String(1 / 60) } });
    const { simulator } = running;
    book = simulator.addBook({
      documents: [
        { kind: 'bank-statement', detect: 'found' },
        { kind: 'form', imageGroup: 'scan', detect: 'not_found' },
        { kind: 'form', rejection: 'DOCUMENT IS UNREADABLE', detect: 'unable' },
      ],
    });
    await simulator.change({ do: 'classify-book', book: book.uuid });
    for (const document of book.documents)
      await simulator.change({ do: 'verify-document', document: document.uuid });
    await simulator.change({ do: 'verify-book', book: book.uuid });
    requestId = randomUUID();
    simulator.change({ do: 'request-analytics', book: book.uuid, id: requestId });
    await simulator.change({ do: 'complete-analytics', book: book.uuid });
    for (const document of book.documents)
      await simulator.change({ do: 'run-detect', document: document.uuid, result: document.detectOutcome });
    await simulator.change({ do: 'flag-suspicious-activity', book: book.uuid });
    businessUuid = randomUUID();
    simulator.change({ do: 'start-business', book: book.uuid, id: businessUuid });
    await simulator.change({ do: 'verify-business', book: book.uuid, id: businessUuid });
    for (const { deliveryId } of simulator.deliveries.all) await running.ledgerOf(book.uuid, deliveryId);
  });
  afterAll(() => running?.stop());

  it('were all delivered, and each delivery is in the ledger exactly once', async () => {
    const { all: deliveries } = running.simulator.deliveries;
    expect(deliveries.every(({ outcome }) => outcome === 'delivered')).toBe(true);
    expect(new Set(deliveries.map(({ eventName }) => eventName))).toEqual(new Set(SEED_EVENT_NAMES));
    const events = await running.reader.events(book.uuid);
    expect(events.map(({ deliveryId }) => deliveryId).sort()).toEqual(
      deliveries.map(({ deliveryId }) => deliveryId).sort(),
    );
    // The event of a book leaves its documents to their own events, which may still be at work.
    const isAsked = ({ reason }: { reason?: string | undefined }) => reason !== 'not-asked';
    const isOpen = ({ outcome }: { outcome: string }) =>
      ['refused', 'waiting', 'unrecognized'].includes(outcome);
    expect(events.filter((event) => isOpen(event) && isAsked(event))).toEqual([]);
    const sent = new Map(deliveries.map(({ deliveryId, body }) => [deliveryId, body]));
    for (const { deliveryId, payload } of events) expect(payload).toBe(sent.get(deliveryId));
  });

  it('leave the book and its documents as Ocrolus has them', async () => {
    expect(await running.reader.book(book.uuid)).toMatchObject({
      bookUuid: book.uuid,
      bookPk: book.pk,
      status: 'VERIFIED',
      generation: 1,
      documents: { VERIFICATION_COMPLETE: 2, REJECTED: 1 },
    });
    const documents = await running.reader.documents(book.uuid);
    expect(
      documents.map(({ docUuid, status, rejectionReason }) => ({ docUuid, status, rejectionReason })),
    ).toEqual(
      book.documents
        .map(({ uuid, status, rejectionReason }) => ({
          ...{ docUuid: uuid, status },
          rejectionReason: rejectionReason === '' ? undefined : rejectionReason,
        }))
        .sort((a, b) => (a.docUuid < b.docUuid ? -1 : 1)),
    );
    const unable = documents.find(({ status }) => status === 'REJECTED');
    expect(unable?.detect).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: expect.stringMatching(/./) });
  });

  it('leave every result byte for byte', async () => {
    const truth = truthOf(running.simulator, book.uuid);
    const captured = book.documents.slice(0, 2).map(({ uuid }) => uuid);
    const wanted = [
      ...captured.flatMap((uuid) => [['forms', uuid] as const, ['transactions', uuid] as const]),
      ['analytics', requestId] as const,
      ...book.documents.map(({ uuid }) => ['signals', uuid] as const),
      ['paystubs', book.uuid] as const,
      ['suspicious-activity', book.uuid] as const,
      ['business', businessUuid] as const,
    ];
    for (const [kind, subject] of wanted) {
      const body = await running.reader.resultBody(book.uuid, kind, subject);
      expect(body?.toString(), `${kind} ${subject}`).toBe(truth.body(kind, subject).toString());
    }
    const stored = await running.reader.results(book.uuid);
    expect(stored.map(({ kind, subject }) => `${kind} ${subject}`).sort()).toEqual(
      wanted.map(([kind, subject]) => `${kind} ${subject}`).sort(),
    );
  });

  it('are seen in the logs, each when it is queued and when it is processed', async () => {
    const seen = running.logLines.map((text) => activityOf({ at: '', function: '', text }));
    for (const { deliveryId } of running.simulator.deliveries.all) {
      const steps = seen.filter((one) => one?.deliveryId === deliveryId).map((one) => one?.what);
      expect(steps).toEqual(expect.arrayContaining(['queued', 'processed']));
    }
  });

  it('have the changes that they cause published', async () => {
    const events = async () => await readFile(running.stack.events.file, 'utf8');
    await expect.poll(events).toContain('"detail-type":"book.status_changed"');
  });

  it('leave nothing behind in any queue, and asked nothing that Ocrolus does not have', async () => {
    expect(await running.drained()).toBe(0);
    expect(unknownPaths(running.simulator)).toEqual([]);
  });

  // Usually it is so already. When the events of a document overlap with those of its book, the poller notices.
  it('leave every document captured and Detect available, at the next polls at the latest', async () => {
    await expect
      .poll(
        async () => {
          await running.stack.invokePoller();
          return running.reader.book(book.uuid);
        },
        { timeout: 45_000, interval: 300 },
      )
      .toMatchObject({ capture: { state: 'complete' }, detect: { state: 'available' } });
  });
});
