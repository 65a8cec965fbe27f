import { setTimeout as delay } from 'node:timers/promises';
import { tableText } from '../../command-line/table-text.ts';
import type { Delivery, Simulator } from '../ocrolus/index.ts';
import type { LocalStack } from '../stack.ts';
import { type Landed, openLanded, whenLanded } from './landed.ts';
import { missingOfAnnounced, missingOfRecovered, unsettled } from './missing.ts';
import { announcedMoments, liveUnannounced } from './moments.ts';
import { announcedRows, type Row, recoveredRows } from './rows.ts';

const DEADLINE_MS = 120_000;
const READ_EVERY_MS = 100;
const COLUMNS = ['event', 'delivered', 'queue', 'processed', 'stored', 'ms'] as const satisfies (keyof Row)[];

/**
 * Takes one book through every event of the seed page, and another one whose webhooks are all lost, and shows
 * what is stored of them.
 *
 * @returns the first book's uuid, and what was still missing at the deadline.
 */
export async function demonstrate(
  stack: LocalStack,
  simulator: Simulator,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<{ readonly bookUuid: string; readonly missing: readonly string[] }> {
  const read = openLanded(stack);
  const wait = (bookUuid: string, missing: (landed: Landed) => string[]) =>
    whenLanded(() => read(bookUuid), missing, {
      deadline: Date.now() + DEADLINE_MS,
      pause: () => delay(READ_EVERY_MS),
      signal,
    });

  show(
    '\n1. A book through every event of the seed page: Ocrolus (simulated) posts, we verify, queue, ask, store.\n   (ms: from the delivery to the ledger; the first event of a channel starts its Lambda.)\n',
  );
  const { bookUuid, moments } = announcedMoments(simulator);
  const rows: Row[] = [];
  const missing: string[] = [];
  const deliveries: Delivery[] = [];
  let before = await read(bookUuid);
  for (const moment of moments) {
    const announced = await moment();
    const after = await wait(bookUuid, (landed) => unsettled(announced, landed));
    rows.push(...announcedRows(announced, before, after.landed));
    missing.push(...after.missing);
    deliveries.push(...announced);
    before = after.landed;
  }
  show(tableOf(rows));
  const first = await wait(bookUuid, (landed) => missingOfAnnounced(deliveries, landed));
  missing.push(...first.missing);
  show(`\nBOOK.complete: ${first.landed.book?.complete ?? 'unknown'}`);

  show('\n2. Another book, and every webhook about it is lost: the poller finds it and what is missing.\n');
  const happenedAt = new Date().toISOString();
  const unannounced = await liveUnannounced(simulator);
  const readings: Landed[] = [];
  const second = await wait(unannounced.bookUuid, (landed) => {
    if (landed.events.length > (readings.at(-1)?.events.length ?? 0)) readings.push(landed);
    return missingOfRecovered(landed);
  });
  show(tableOf(recoveredRows(happenedAt, readings)));
  show(`\nBOOK.complete: ${second.landed.book?.complete ?? 'unknown'}`);

  return { bookUuid, missing: [...missing, ...second.missing] };
}

function tableOf(rows: readonly Row[]): string {
  return tableText(
    COLUMNS,
    rows.map((row) => COLUMNS.map((column) => row[column])),
  );
}
