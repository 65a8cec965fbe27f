import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { startReceiver } from './testing/receiver.ts';

let simulator: Simulator;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator();
  simulator.setWebhook({ url: receiver.url });
});
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

const names = () => simulator.deliveries.all.map(({ eventName }) => eventName);
describe('announcements', () => {
  it('can be left out, and can use the other vocabulary', async () => {
    const { uuid } = simulator.addBook({ documents: [{}] });
    expect(await simulator.change({ do: 'verify-book', book: uuid }, { deliver: false })).toEqual([]);
    await simulator.change({ do: 'complete-analytics', book: uuid }, { vocabulary: 'organization' });
    expect(names()).toEqual(['book.analytics_v2.generated']);
  });

  it('keep the digits of a pk beyond 2^53', async () => {
    const { uuid } = simulator.addBook({ pk: '9007199254740993', documents: [{}] });
    await simulator.change({ do: 'verify-book', book: uuid });
    expect(receiver.received.at(-1)?.body).toContain('"book_pk":9007199254740993,');
  });

  it('come step by step when the book is advanced', async () => {
    const documents = [{}, { rejection: 'INVALID DOCUMENT' }, { detect: 'found' }] as const;
    const { uuid } = simulator.addBook({ documents });
    let steps = 0;
    while ((await simulator.step(uuid)?.announced) !== undefined) steps += 1;
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
    await simulator.change({ do: 'verify-book', book: uuid });
    simulator.addDocument(uuid);
    await simulator.change({ do: 'verify-book', book: uuid });
    expect(names()).toEqual(['DOC_VERIFIED', 'BOOK_VERIFIED', 'DOC_VERIFIED', 'BOOK_VERIFIED']);
  });
});
