import { setTimeout as delay } from 'node:timers/promises';
import { tableText } from '../../command-line/table-text.ts';
import type { Delivery, Simulator } from '../ocrolus/index.ts';
import type { LocalStack } from '../stack.ts';
import { type BookContents, openContents, waitUntilComplete } from './book-contents.ts';
import { missingDeliveries, missingOfAnnounced, missingOfRecovered } from './missing.ts';
import { announcedMoments, playUnannounced } from './moments.ts';
import { announcedRows, type Row, recoveredRows } from './rows.ts';

const DEADLINE_MS = 120_000;
const READ_EVERY_MS = 100;
const COLUMNS = {
  event: 'event',
  delivered: 'delivered',
  queue: 'queue',
  processed: 'processed',
  stored: 'stored since the line above',
  ms: 'ms',
} as const satisfies Record<keyof Row, string>;

/**
 * Plays one book with every event of the seed page and a second one whose webhooks are all lost, and shows what is stored.
 *
 * @returns the first book's uuid, and what was still missing at the deadline.
 */
export async function demonstrate(
  stack: LocalStack,
  simulator: Simulator,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<{ readonly bookUuid: string; readonly missing: readonly string[] }> {
  const read = openContents(stack);
  const wait = (bookUuid: string, missing: (contents: BookContents) => string[]) =>
    waitUntilComplete(() => read(bookUuid), missing, {
      deadline: Date.now() + DEADLINE_MS,
      pause: () => delay(READ_EVERY_MS),
      signal,
    });

  show(
    "\n1. A book through the nine events of Ocrolus's webhook page: the simulated Ocrolus posts; the stack verifies, queues, fetches and stores.\n   (ms: from the delivery to the ledger; the first event of a channel starts its Lambda.)\n",
  );
  const { bookUuid, moments } = announcedMoments(simulator);
  const rows: Row[] = [];
  const missing: string[] = [];
  const deliveries: Delivery[] = [];
  let before = await read(bookUuid);
  for (const moment of moments) {
    const announced = await moment();
    const after = await wait(bookUuid, (contents) => missingDeliveries(announced, contents));
    rows.push(...announcedRows(announced, before, after.contents));
    missing.push(...after.missing);
    deliveries.push(...announced);
    before = after.contents;
  }
  show(tableOf(rows));
  const first = await wait(bookUuid, (contents) => missingOfAnnounced(deliveries, contents));
  missing.push(...first.missing);
  show(`\nBOOK.complete: ${first.contents.book?.complete ?? 'unknown'}`);

  show('\n2. Another book. All of its webhooks are lost: the poller finds the book and its results.\n');
  const happenedAt = new Date().toISOString();
  const unannounced = await playUnannounced(simulator);
  const readings: BookContents[] = [];
  const second = await wait(unannounced.bookUuid, (contents) => {
    if (contents.events.length > (readings.at(-1)?.events.length ?? 0)) readings.push(contents);
    return missingOfRecovered(contents);
  });
  show(tableOf(recoveredRows(happenedAt, readings)));
  show(`\nBOOK.complete: ${second.contents.book?.complete ?? 'unknown'}`);

  return { bookUuid, missing: [...missing, ...second.missing] };
}

function tableOf(rows: readonly Row[]): string {
  return tableText(
    Object.values(COLUMNS),
    rows.map(({ event, delivered, queue, processed, stored, ms }) => [
      event,
      delivered,
      queue,
      processed,
      stored,
      ms,
    ]),
  );
}
