import type { MemoryTableCore } from '../../kernel/table/memory-table-core.ts';
import type { Attributes } from '../../kernel/table/values.ts';
import type { BookTruth, DocumentTruth } from '../../ocrolus/truth.ts';
import type { ExcuseName } from '../excuses.ts';
import { checkOpen } from '../running/complete.ts';
import { checkForgotten } from '../running/forgotten.ts';
import { isOnlyRecorded } from '../vendor/announcements.ts';
import type { Violations } from '../violations.ts';
import type { FinalCheck } from './expected.ts';
import { checkResults } from './results.ts';

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
    if (!check.exemptions.wasDamaged(uuid, 0, check.now())) check.published.check(uuid, book);
    missing.push(...(await checkOpen(core, truth, book, violations)));
  }
  checkQueues(check);
  checkPks(check);
  return missing;
}

/** Why nothing is expected of a whole book. */
function excuseOfBook(
  { core, exemptions, written, discovery, now }: FinalCheck,
  { bookUuid }: BookTruth,
): ExcuseName | undefined {
  const excuse = exemptions.of(bookUuid, now());
  if (excuse !== undefined && excuse !== 'forgotten') return excuse;
  if (core.table.peek({ bookId: bookUuid, item: 'BOOK' }) !== undefined) return undefined;
  if (written.expiredAt(bookUuid, 'BOOK') !== undefined) return 'removed-by-retention';
  return discovery.isFound(bookUuid, core.ocrolus.outline(bookUuid)) ? undefined : 'not-discovered';
}

function checkQueues({ core, exemptions, now, violations }: FinalCheck): void {
  for (const queue of core.queues.all()) {
    if (queue.url.endsWith('-dlq')) {
      for (const message of queue.messages())
        if (!exemptions.mayBeDead(message, now()))
          violations.add('dead-letter', message.group, message.body.slice(0, 400));
    } else if (queue.size > 0) violations.add('left-in-queue', '', `${queue.size} in ${queue.url}`);
  }
}

/** The partition of a pk is for what came before its book was known. */
function checkPks({ core, excused, violations }: FinalCheck): void {
  const { ocrolus, table } = core;
  // Ocrolus has never shown a book that it no longer finds.
  const gone = new Set(
    ocrolus.books().flatMap(({ uuid, pk }) => (ocrolus.truth(uuid).found ? [] : [`pk-${pk}`])),
  );
  const dead = deadDeliveries(core);
  for (const bookId of table.bookIds()) {
    if (!isOfPk(bookId) || gone.has(bookId)) continue;
    const open = openOfPk(table, bookId, dead);
    if (open.length === 0) continue;
    const isOfCopies = open.every(
      ({ outcome, deliveryId }) => outcome === 'retrying' && hasFinalEntry(table, deliveryId),
    );
    const items = open.map(({ item, outcome }) => `${item} ${outcome}`).join(', ');
    if (isOfCopies) excused.add('left-by-a-copy');
    else violations.add('left-open', '', `${bookId} has not been moved: ${items}`);
  }
}

function isOfPk(bookId: string): boolean {
  return bookId.startsWith('pk-');
}

/**
 * Entries of a pk that should have moved to its book. Those of refused and of merely recorded events stay, and dead letters
 * are judged in their queue. A forgotten pk keeps nothing.
 */
function openOfPk(table: MemoryTableCore, bookId: string, dead: ReadonlySet<string>): Attributes[] {
  const items = [...table.peekPartition(bookId)];
  if (items.some(({ status }) => status === 'FORGOTTEN')) return [];
  return items.filter(
    ({ eventName, outcome, deliveryId }) =>
      outcome !== 'refused' &&
      outcome !== 'unrecognized' &&
      !isOnlyRecorded(String(eventName)) &&
      !dead.has(String(deliveryId)),
  );
}

/** Another copy of its message has finished the delivery. */
function hasFinalEntry(table: MemoryTableCore, deliveryId: unknown): boolean {
  for (const bookId of table.bookIds()) {
    if (isOfPk(bookId)) continue;
    for (const entry of table.peekPartition(bookId, 'EVENT#'))
      if (entry.deliveryId === deliveryId && entry.outcome !== 'retrying') return true;
  }
  return false;
}

/** The deliveries in dead-letter queues, which are judged there. */
function deadDeliveries({ queues }: FinalCheck['core']): ReadonlySet<string> {
  const dead = [...queues.all()].filter(({ url }) => url.endsWith('-dlq'));
  return new Set(
    dead.flatMap((queue) => [...queue.messages()].map(({ body }) => JSON.parse(body).deliveryId)),
  );
}

/** Compares a book and its documents with what Ocrolus says of them. @returns the book as it is stored. */
function checkBook(check: FinalCheck, truth: BookTruth): Attributes | undefined {
  const { core, violations } = check;
  const { table } = core;
  const { bookUuid, bookPk, account, name, status, found, documents } = truth;
  const book = table.peek({ bookId: bookUuid, item: 'BOOK' });
  if (status === 'DELETED') {
    checkDeleted(book, truth, violations);
    return undefined;
  }
  if (book === undefined) {
    violations.add('book-missing', bookUuid, `no BOOK; Ocrolus has it as ${status}`);
    return undefined;
  }
  if (!found) throw new Error('only a deleted book is not found');
  const counts = canonical(countByStatus(documents));
  const expected = { status, bookPk, account, name, documents: counts };
  const actual = { ...book, documents: canonical(book.documents) };
  for (const [attribute, value] of Object.entries(expected)) {
    const stored = Object(actual)[attribute];
    if (stored !== value) violations.add('book-differs', bookUuid, `${attribute} is ${stored}, not ${value}`);
  }
  for (const document of documents) checkDocument(check, bookUuid, document);
  const known = new Set(documents.map(({ uuid }) => `DOC#${uuid}`));
  for (const { item } of table.peekPartition(bookUuid, 'DOC#')) {
    if (!known.has(String(item)))
      violations.add('document-differs', bookUuid, `${item} is not one of Ocrolus`);
  }
  return book;
}

function checkDeleted(
  book: Attributes | undefined,
  { bookUuid, found }: BookTruth,
  violations: Violations,
): void {
  if (book === undefined) return;
  const isRight =
    book.status === 'DELETED' || (!found && (book.status === 'NOT_FOUND' || book.observedAt === undefined));
  const text = `a deleted book (${found ? 'listed' : 'gone'}) is ${book.status}`;
  if (!isRight) violations.add('book-differs', bookUuid, text);
  if (book.complete !== undefined)
    violations.add('complete-wrong', bookUuid, `a deleted book has complete ${book.complete}`);
}

function checkDocument(
  { core, written, violations, excused }: FinalCheck,
  bookUuid: string,
  { uuid, status, listed, name, rejectionReason }: DocumentTruth,
): void {
  const stored = core.table.peek({ bookId: bookUuid, item: `DOC#${uuid}` });
  const report = (text: string) => violations.add('document-differs', bookUuid, `${uuid} ${text}`);
  if (!listed) {
    const isGone = stored === undefined || stored.status === 'UNLISTED' || stored.status === 'DELETED';
    if (!isGone) report(`is ${stored?.status}, and Ocrolus no longer lists it`);
    return;
  }
  if (stored === undefined && written.expiredAt(bookUuid, `DOC#${uuid}`) !== undefined) {
    excused.add('removed-by-retention');
    return;
  }
  if (stored === undefined) {
    report(`is missing; Ocrolus has it as ${status}`);
    return;
  }
  if (stored.status !== status) report(`is ${stored.status}, not ${status}`);
  if (stored.name !== name) report('has another name');
  if (stored.rejectionReason !== rejectionReason) report('has another rejection reason');
}

function countByStatus(documents: readonly DocumentTruth[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { listed, status } of documents) if (listed) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function canonical(counts: unknown): string {
  return JSON.stringify(Object.entries(Object(counts)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
