import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/index.ts';
import { SEED_EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import { identify } from '../../../../shared/events/identify.ts';
import { startReceiver } from './testing/receiver.ts';

let simulator: Simulator;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({ webhookUrl: receiver.url });
});
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

const names = () => simulator.deliveries.map(({ eventName }) => eventName);
const sample = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/events/${name}.json`, import.meta.url), 'utf8'));

/** The organization level has no name for Middesk and suspicious activity. */
const CURRENT_NAMES = [
  'document.upload_succeeded',
  'document.classification_succeeded',
  'book.classified',
  'document.verification_succeeded',
  'document.verification_failed',
  'image_group.verification_succeeded',
  'book.verified',
  'book.analytics_v2.generated',
  'book.analytics_completed',
  'document.detect.signal_found',
  'document.detect.signal_not_found',
  'document.detect.unable_to_process',
  'book.detect.signal_found',
  'book.income.generated',
  'book.income.updated',
  'book.completed',
];

/** A book that gives cause for every event there is. */
async function runEverything() {
  const documents = [{}, { kind: 'form', imageGroup: 'photos' }, { rejection: 'INVALID DOCUMENT' }] as const;
  const book = simulator.addBook({ documents });
  await simulator.classifyBook(book.uuid);
  await simulator.verifyBook(book.uuid);
  simulator.requestAsyncAnalytics(book.uuid);
  await simulator.completeAnalytics(book.uuid);
  const business = simulator.createBusiness(book.uuid);
  await simulator.verifyBusiness(book.uuid, business.uuid);
  await simulator.flagSuspiciousActivity(book.uuid);
  for (const [index, result] of (['found', 'not_found', 'unable'] as const).entries()) {
    await simulator.runDetect(book.documents[index]?.uuid ?? '', result);
  }
  await simulator.calculateIncome(book.uuid);
  await simulator.calculateIncome(book.uuid);
  await simulator.completeBook(book.uuid);
  await simulator.idle();
}

describe('announcements', () => {
  it.each([
    ['legacy', SEED_EVENT_NAMES],
    ['organization', CURRENT_NAMES],
  ] as const)(
    'have the names of the vocabulary %s, in the shape of the samples',
    async (vocabulary, expected) => {
      await simulator.close();
      simulator = await startSimulator({ webhookUrl: receiver.url, vocabulary });
      await runEverything();
      expect(new Set(names())).toEqual(new Set(expected));
      for (const { eventName, body } of simulator.deliveries) {
        const keys = Object.keys(JSON.parse(body)).toSorted();
        expect(keys, eventName).toEqual(Object.keys(sample(eventName)).toSorted());
        expect(identify(Buffer.from(body))).toMatchObject({ kind: 'event', eventName });
      }
    },
  );

  it('can be left out, and can use the other vocabulary', async () => {
    const { uuid } = simulator.addBook({ documents: [{}] });
    expect(await simulator.verifyBook(uuid, { deliver: false })).toEqual([]);
    await simulator.completeAnalytics(uuid, { vocabulary: 'organization' });
    expect(names()).toEqual(['book.analytics_v2.generated']);
  });

  it('keep the digits of a pk beyond 2^53', async () => {
    const { uuid } = simulator.addBook({ pk: '9007199254740993', documents: [{}] });
    await simulator.verifyBook(uuid);
    expect(receiver.received.at(-1)?.body).toContain('"book_pk":9007199254740993,');
  });

  it('come step by step when the book is advanced', async () => {
    const documents = [{}, { rejection: 'INVALID DOCUMENT' }, { detect: 'found' }] as const;
    const { uuid } = simulator.addBook({ documents });
    let steps = 0;
    while ((await simulator.advance(uuid)) !== undefined) steps += 1;
    expect(steps).toBe(10);
    expect(names()).toEqual([
      ...Array(3).fill('DOC_VERIFIED'),
      'BOOK_VERIFIED',
      'document.detect.signal_not_found',
      'document.detect.signal_not_found',
      'document.detect.signal_found',
    ]);
  });

  it('come again for a book that was reopened', async () => {
    const { uuid } = simulator.addBook({ documents: [{}] });
    await simulator.verifyBook(uuid);
    simulator.addDocument(uuid);
    await simulator.verifyBook(uuid);
    expect(names()).toEqual(['DOC_VERIFIED', 'BOOK_VERIFIED', 'DOC_VERIFIED', 'BOOK_VERIFIED']);
  });
});
