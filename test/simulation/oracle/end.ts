import type { MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import type { BookTruth } from '../ocrolus/truth-types.ts';
import { checkBook } from './books.ts';
import { openWithoutBook } from './entries.ts';
import type { ExcuseName } from './excuses.ts';
import type { FinalCheck } from './final-check.ts';
import { checkForgotten } from './forgotten.ts';
import { checkOpen } from './open.ts';
import { checkResults } from './results.ts';
import { isOnlyRecorded } from './vendor/announcements.ts';

/**
 * Compares everything with Ocrolus when a run ends.
 *
 * @returns the kinds of what is still missing, because Ocrolus does not have it.
 */
export async function checkEnd(check: FinalCheck): Promise<string[]> {
  const { core, violations } = check;
  const missing: string[] = [];
  for (const { uuid } of core.ocrolus.books()) {
    const truth = core.ocrolus.truth(uuid);
    if (core.forgotten.has(uuid)) {
      checkForgotten(core, truth, violations);
      continue;
    }
    const excuse = excuseOfBook(check, truth);
    if (excuse !== undefined) {
      check.excused.add(excuse);
      continue;
    }
    const book = checkBook(check, truth);
    if (book === undefined) continue;
    checkResults(check, truth);
    missing.push(...(await checkOpen(core, truth, book, violations)));
  }
  checkQueues(check);
  for (const text of openWithoutBook(core.table)) violations.add('left-open', '', text);
  checkPks(check);
  return missing;
}

/** Why nothing is expected of a whole book. */
function excuseOfBook({ core, watch, now }: FinalCheck, { bookUuid }: BookTruth): ExcuseName | undefined {
  const excuse = watch.exemptions.of(bookUuid, now);
  if (excuse !== undefined && excuse !== 'forgotten') return excuse;
  if (core.table.peek({ bookId: bookUuid, item: 'BOOK' }) !== undefined) return undefined;
  if (watch.expired.at(bookUuid, 'BOOK') !== undefined) return 'removed-by-retention';
  return watch.discovery.isFound(bookUuid, core.ocrolus.outline(bookUuid)) ? undefined : 'not-discovered';
}

function checkQueues({ core, watch, now, violations }: FinalCheck): void {
  for (const queue of core.queues.all()) {
    if (queue.url.endsWith('-dlq')) {
      for (const message of queue.messages())
        if (!watch.exemptions.mayBeDead(message, now))
          violations.add('dead-letter', message.group, message.body.slice(0, 400));
    } else if (queue.size > 0) violations.add('left-in-queue', '', `${queue.size} in ${queue.url}`);
  }
}

/** The partition of a pk is for what came before its book was known. */
function checkPks({ core, violations }: FinalCheck): void {
  // Ocrolus has never shown a book that it no longer finds.
  const gone = new Set(
    core.ocrolus.books().flatMap(({ uuid, pk }) => (core.ocrolus.truth(uuid).found ? [] : [`pk-${pk}`])),
  );
  const ended = new Set([...deadDeliveries(core), ...finishedDeliveries(core)]);
  for (const bookId of core.table.bookIds()) {
    const isOfPk = bookId.startsWith('pk-') && !gone.has(bookId);
    if (!isOfPk || isSettledPk(core.table, bookId, ended)) continue;
    const items = [...core.table.peekPartition(bookId)].map(({ item, outcome }) => `${item} ${outcome}`);
    violations.add('left-open', '', `${bookId} has not been moved: ${items.join(', ')}`);
  }
}

/**
 * Nothing is asked about it: it is forgotten, or only events that are just recorded have named the pk, or such for
 * which Ocrolus has not shown the book in time.
 */
function isSettledPk(table: MemoryTableCore, bookId: string, ended: ReadonlySet<string>): boolean {
  const items = [...table.peekPartition(bookId)];
  return (
    items.some(({ status }) => status === 'FORGOTTEN') ||
    items.every(
      ({ eventName, outcome, deliveryId }) =>
        outcome === 'refused' ||
        outcome === 'unrecognized' ||
        isOnlyRecorded(String(eventName)) ||
        ended.has(String(deliveryId)),
    )
  );
}

/** Deliveries with a final entry of a book. A copy that was at work meanwhile may leave another entry (docs/data-model.md). */
function* finishedDeliveries({ table }: FinalCheck['core']): Iterable<string> {
  for (const bookId of table.bookIds()) {
    if (bookId.startsWith('pk-')) continue;
    for (const { deliveryId, outcome } of table.peekPartition(bookId))
      if (deliveryId !== undefined && outcome !== 'retrying') yield String(deliveryId);
  }
}

/** The deliveries in dead-letter queues, which are judged there. */
function deadDeliveries({ queues }: FinalCheck['core']): ReadonlySet<string> {
  const dead = [...queues.all()].filter(({ url }) => url.endsWith('-dlq'));
  return new Set(
    dead.flatMap((queue) => [...queue.messages()].map(({ body }) => JSON.parse(body).deliveryId)),
  );
}
