import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Running, startRunning } from './testing/running.ts';

/** Enough for twenty seconds of calls. */
const DOCUMENTS = 200;
const SMALL_BOOKS = 6;
/** The machine's own unevenness. In the line of the large book a small one takes five seconds and more. */
const JITTER_MS = 1000;

/** Times in milliseconds say something of a quiet machine only: `MEASURE=true npm test -- fair-bursts`. */
const isAsked = process.env.MEASURE === 'true';

describe.runIf(isAsked)('while a large book takes every call that Ocrolus allows', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startRunning({
      environment: { OCROLUS_REQUESTS_PER_SECOND: '20', OCROLUS_HEAVY_REQUESTS_PER_SECOND: '1' },
    });
  });
  afterAll(() => running?.stop());

  /** @returns milliseconds from the receipt of BOOK_VERIFIED to its entry in the ledger. */
  async function timeOfSmallBook(): Promise<number> {
    const { simulator } = running;
    const book = simulator.addBook({ documents: [{ kind: 'form' }] }, { deliver: false });
    const deliveries = await simulator.verifyBook(book.uuid);
    const verified = deliveries.find(({ eventName }) => eventName === 'BOOK_VERIFIED');
    const entry = await running.ledgerOf(book.uuid, verified?.deliveryId ?? '');
    return Date.parse(entry.processedAt) - Date.parse(entry.receivedAt);
  }

  async function timesOfSmallBooks(): Promise<number[]> {
    const times: number[] = [];
    for (let n = 0; n < SMALL_BOOKS; n += 1) times.push(await timeOfSmallBook());
    return times.sort((a, b) => a - b);
  }

  it('a small one is not held up', async () => {
    const { simulator, reader } = running;
    // Cold starts are not what is measured.
    await timeOfSmallBook();
    const idle = await timesOfSmallBooks();

    const documents = Array.from({ length: DOCUMENTS }, () => ({ kind: 'form' as const }));
    const large = simulator.addBook({ documents }, { deliver: false });
    void simulator.verifyBook(large.uuid);
    await vi.waitFor(async () => expect(await reader.results(large.uuid)).not.toEqual([]), {
      timeout: 20_000,
      interval: 20,
    });
    // The first one makes room for those that follow.
    await timeOfSmallBook();
    const beside = await timesOfSmallBooks();
    const left = 2 * DOCUMENTS - (await reader.results(large.uuid)).length;
    expect(left).toBeGreaterThan(0);
    const slowest = beside.at(-1) ?? 0;
    const allowed = 2 * (idle.at(-1) ?? 0) + JITTER_MS;
    expect(slowest, JSON.stringify({ idle, beside, left })).toBeLessThan(allowed);
  });
});
