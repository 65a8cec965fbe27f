import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '../simulator.ts';
import type { LocalStack } from '../stack.ts';
import { type Landed, openLanded, whenLanded } from './landed.ts';
import { liveThroughEverything, liveUnannounced } from './moments.ts';
import { announcedRows, missingOfAnnounced, missingOfRecovered, type Row, recoveredRows } from './rows.ts';
import { textTable } from './text-table.ts';

const DEADLINE_MS = 120_000;
const LOOK_EVERY_MS = 100;
const COLUMNS = ['event', 'delivered', 'queue', 'processed', 'stored', 'ms'] as const satisfies (keyof Row)[];

/**
 * Takes one book through every event of the seed page, and another one whose webhooks are all lost, and shows
 * what of them lands in the table.
 *
 * @returns the first book's uuid, and what was still missing at the deadline; nothing when all is well.
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
      pause: () => delay(LOOK_EVERY_MS),
      signal,
    });

  show(
    '\n1. A book through every event of the seed page: Ocrolus (simulated) posts, we verify, queue, ask, store.\n   (ms: from the delivery to the ledger; the first event of a channel starts its Lambda.)\n',
  );
  const announced = await liveThroughEverything(simulator);
  const deliveries = [...simulator.deliveries];
  const first = await wait(announced.bookUuid, (landed) => missingOfAnnounced(deliveries, landed));
  show(textTable(COLUMNS, announcedRows(deliveries, first.landed).map(toRecord)));

  show('\n2. Another book, and every webhook about it is lost: the poller finds it and what was missed.\n');
  const happenedAt = new Date().toISOString();
  const unannounced = await liveUnannounced(simulator);
  const second = await wait(unannounced.bookUuid, missingOfRecovered);
  show(textTable(COLUMNS, recoveredRows(happenedAt, second.landed).map(toRecord)));

  return { bookUuid: announced.bookUuid, missing: [...first.missing, ...second.missing] };
}

function toRecord(row: Row): Record<keyof Row, string> {
  return { ...row };
}
