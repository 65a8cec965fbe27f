import { inject, vi } from 'vitest';
import type { EventItem } from '../../../shared/store/items.ts';
import { type System, startSystem } from './system.ts';

/** The system at a pace for tests, and how they talk to it. */
export interface Running extends System {
  /** Lines that the functions wrote to their logs. */
  readonly logLines: readonly string[];
  /** Resolves with the ledger entry of a delivery that is finished. */
  ledgerOf(bookId: string, deliveryId: string): Promise<EventItem>;
  /** Resolves when no queue holds anything. @returns what the dead-letter queues hold. */
  drained(): Promise<number>;
}

/** Seconds stand for minutes; both sides' rate limits are lifted together. */
const QUICK = {
  QUICK_RETRY_SECONDS: '1,1',
  TIME_SCALE: String(1 / 300),
  OCROLUS_REQUESTS_PER_SECOND: '1000',
  OCROLUS_HEAVY_REQUESTS_PER_SECOND: '1000',
  POLL_REQUESTS_PER_SECOND: '1000',
};
const RATES = { requestsPerSecond: 10_000, heavyRequestsPerSecond: 10_000 };
const PATIENCE = { timeout: 45_000, interval: 50 };

export async function startRunning(
  options: { readonly environment?: Record<string, string> } = {},
): Promise<Running> {
  const logLines: string[] = [];
  // Absent in the project that has one run: it synthesizes while other files run.
  const assembly: string | undefined = inject('assembly');
  const system = await startSystem({
    ...(assembly !== undefined && { assembly }),
    simulator: { ...RATES, retryDelayMs: 200 },
    dynamodbEndpoint: process.env.DYNAMODB_ENDPOINT,
    environment: { '*': { ...QUICK, ...options.environment } },
    log: (_source, line) => logLines.push(line),
  });
  const { reader } = system;

  return {
    ...system,
    logLines,
    ledgerOf: (bookId, deliveryId) =>
      vi.waitFor(async () => {
        const found = (await reader.events(bookId)).find((event) => event.deliveryId === deliveryId);
        if (found === undefined || found.outcome === 'retrying')
          throw new Error(`delivery ${deliveryId} is not finished in the ledger of ${bookId}`);
        return found;
      }, PATIENCE),
    async drained() {
      await vi.waitFor(async () => {
        const left = await system.messages('url');
        if (left > 0) throw new Error(`${left} messages are still in the queues`);
      }, PATIENCE);
      return system.messages('dlqUrl');
    },
  };
}
