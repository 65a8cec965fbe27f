import type { DocumentItem } from '../../../shared/store/items.ts';
import type { ResultDescription } from '../../../shared/store/reader.ts';
import { tableText } from '../../command-line/table-text.ts';
import type { BookContents } from '../../ops/ledger/books.ts';
import type { Delivery } from '../ocrolus/webhooks/delivery.ts';

export interface Row {
  readonly event: string;
  readonly delivered: string;
  readonly entry: BookContents['events'][number] | undefined;
  /** Changes in the table since the previous line. Other messages may have caused some of them. */
  readonly stored: string;
  /** Time from which the milliseconds to the ledger's entry are counted. */
  readonly from: string | undefined;
}

const HEADER = ['event', 'delivered', 'queue', 'processed', 'stored since the line above', 'ms'];

export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ event, delivered, entry, stored, from }) => {
    const ms = from && entry && Date.parse(entry.processedAt) - Date.parse(from);
    return [event, delivered, entry?.channel ?? '-', entry?.outcome ?? 'missing', stored, String(ms ?? '-')];
  });
  return tableText(HEADER, cells);
}

/** The rows of one step: one for each delivery that announced it. */
export function announcedRows(
  deliveries: readonly Delivery[],
  before: BookContents,
  after: BookContents,
): Row[] {
  return deliveries.map(({ deliveryId, eventName, attempts: [attempt], outcome }, index) => ({
    event: eventName,
    delivered: `${attempt?.status ?? outcome}`,
    entry: after.events.find((event) => event.deliveryId === deliveryId),
    stored: describeChanges(before, after, index),
    from: attempt?.at,
  }));
}

/**
 * Rows of a book that no webhook announced: one for each message of the poller.
 *
 * @param readings of the table, each with more ledger entries than the previous one.
 */
export function recoveredRows(from: string, readings: readonly BookContents[]): Row[] {
  return readings.flatMap((after, reading) => {
    const before = readings[reading - 1] ?? NOTHING;
    const known = new Set(before.events.map(({ item }) => item));
    const added = after.events.filter(({ item }) => !known.has(item));
    return added.map((entry, index) => ({
      event: entry.eventName,
      delivered: entry.source === 'poll' ? 'lost, polled' : 'delivered',
      entry,
      stored: describeChanges(before, after, index),
      from,
    }));
  });
}

const NOTHING: BookContents = { book: undefined, documents: [], results: [], missing: [], events: [] };

/**
 * Describes the differences between two readings of a book, e.g. `BOOK VERIFIED, DOC 07ce7a49, forms (2.2 KB)`.
 *
 * @param index of the row among those of the same readings; the first one has the changes.
 */
function describeChanges(before: BookContents, after: BookContents, index: number): string {
  if (index > 0) return 'see the line above';
  const { book } = after;
  const isNew = book !== undefined && differs(visibleOfBook(before.book), visibleOfBook(book));
  const documents = after.documents.filter((document) => {
    const known = before.documents.find(({ item }) => item === document.item);
    return differs(known && visibleOfDocument(known), visibleOfDocument(document));
  });
  const results = after.results.filter(
    ({ item, sha256 }) => before.results.find((known) => known.item === item)?.sha256 !== sha256,
  );
  const parts = [
    ...(isNew ? [`BOOK ${book.status ?? ''}${book.complete === true ? ' complete' : ''}`.trim()] : []),
    ...documents.map(describeDocument),
    ...results.map(describeResult),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing new';
}

/** Leaves out times and internal attributes, which change with every write. */
function visibleOfBook(book: BookContents['book']): unknown {
  if (book === undefined) return undefined;
  const { status, generation, capture, analytics, detect, income, completed, documents, complete } = book;
  const progress = [capture, analytics, detect, income, completed].map((one) => one?.state);
  return { status, generation, progress, documents, complete };
}

function visibleOfDocument({ status, rejectionReason, detect }: DocumentItem): unknown {
  return [status, rejectionReason, detect?.state];
}

function differs(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function describeDocument({ docUuid, status, detect }: DocumentItem): string {
  return `DOC ${docUuid.slice(0, 8)} ${detect === undefined ? status : `Detect ${detect.state}`}`;
}

function describeResult({ kind, bytes, s3 }: ResultDescription): string {
  return `${kind} (${(bytes / 1024).toFixed(1)} KB${s3 === undefined ? '' : ' in S3'})`;
}
