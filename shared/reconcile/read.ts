import { bookIdOf } from '../events/ids.ts';
import type { BookObservation } from '../events/observation.ts';
import { NOT_FOUND } from '../events/statuses.ts';
import { type Book, isForgotten, readBook } from '../store/books.ts';
import { type Document, readDocument, readDocuments } from '../store/documents.ts';
import { FORGOTTEN_SHARD } from '../store/keys.ts';
import { unreadableItem } from '../store/records.ts';
import { forgetBoth, forgetIfPkIsForgotten, sweepAgain } from '../store/removal/tombstones.ts';
import { iso } from '../time.ts';
import { type Announcement, findDocument } from './announcement.ts';
import type { Context } from './context.ts';

/** Why a book is reconciled: what deliveries announce, and whether it is due. */
export interface Focus {
  readonly announcements: readonly Announcement[];
  /** The poller has handed the book over: everything that is due. */
  readonly look?: Look | undefined;
  /** What Book status said a moment ago, when the book was identified by it. */
  readonly observation?: BookObservation | undefined;
}

/** `isUrgent`: an operator asks, and nothing waits. `isRepeated`: SQS has delivered the message before. */
export interface Look {
  readonly isUrgent: boolean;
  readonly isRepeated: boolean;
}

/** What is stored. */
export interface Read {
  readonly book: Book | undefined;
  readonly documents: ReadonlyMap<string, Document>;
  /** Uuids of documents that this version cannot read: they are left alone, and the book is not complete. */
  readonly unreadable: ReadonlySet<string>;
  /** All documents were read: there are few, or the book is looked at. */
  readonly isWhole: boolean;
}

/** Of a book with more documents, a delivery reads and writes only those that it names. */
export const FEW_DOCUMENTS = 50;

/**
 * Reads the book consistently, and the documents in focus.
 *
 * @returns `undefined`: it is forgotten, or a look finds it not due.
 * @throws Failure `retry`, code `unreadable-item`
 */
export async function readStored(context: Context, focus: Focus): Promise<Read | undefined> {
  const { table, bookId } = context;
  const { announcements, look } = focus;
  const book = await readBook(table, bookId);
  const bookPk = announcements.find(({ ids }) => ids.bookPk !== undefined)?.ids.bookPk;
  if (isForgotten(book)) {
    // Only now it is known by which pk it is forgotten.
    if (bookPk !== undefined && book.bookPk === undefined)
      await forgetBoth(table, bookIdOf({ bookPk }), bookId, context.writer);
    // Version 0.1 had it among the books to look at, and it would be handed over again and again.
    if (book.dueAt !== undefined && book.dueShard !== FORGOTTEN_SHARD)
      await sweepAgain(table, bookId, context.now);
    return undefined;
  }
  if (announcements.length === 0 && !isDue(book, look, context.now)) return undefined;
  if (book?.observedAt === undefined && bookPk !== undefined) {
    const ids = { bookUuid: bookId, bookPk };
    if ((await forgetIfPkIsForgotten(table, ids, context.writer)) !== undefined) return undefined;
  }
  context.account = accountOf(book, focus, context) ?? context.account;
  if (look === undefined && countOf(book) > FEW_DOCUMENTS) {
    return {
      book,
      documents: await readNamed(context, announcements),
      unreadable: new Set(),
      isWhole: false,
    };
  }
  const { byUuid, unreadable } = await readDocuments(table, bookId);
  for (const docUuid of unreadable) {
    context.log.error('document unreadable', { docUuid });
    context.dependencies.metrics.count('ItemUnreadable', {});
  }
  // One that is named otherwise than by uuid, and is none of the others, may be one of these.
  const isNamed = ({ documents, ids }: Announcement) =>
    [ids.uploadedDocUuid, ids.docUuid].some((id) => id !== undefined && unreadable.includes(id)) ||
    (documents === 'named' && findDocument([...byUuid.values()], ids) === undefined);
  if (unreadable.length > 0 && announcements.some(isNamed)) throw unreadableItem();
  return { book, documents: byUuid, unreadable: new Set(unreadable), isWhole: true };
}

function isDue(book: Book | undefined, look: Focus['look'], now: number): boolean {
  if (book?.dueAt === undefined) return false;
  return look?.isUrgent === true || book.dueAt <= iso(now);
}

/**
 * The account whose credentials have shown the book: an event may come through another one. Until then a look uses the one that
 * is tried next.
 */
function accountOf(
  book: Book | undefined,
  { look, announcements }: Focus,
  { dependencies: { accounts } }: Context,
): string | undefined {
  if (book === undefined || !accounts.names.includes(book.account)) return undefined;
  if (look !== undefined && announcements.length === 0) return book.account;
  const isShown = book.observedAt !== undefined && book.status !== NOT_FOUND;
  return isShown && book.refused?.elsewhere !== true ? book.account : undefined;
}

export function countOf(book: Book | undefined): number {
  return Object.values(book?.documents ?? {}).reduce((sum, count) => sum + count, 0);
}

async function readNamed(
  { table, bookId }: Context,
  announcements: readonly Announcement[],
): Promise<Map<string, Document>> {
  // Which document a pk or an image group is, only the documents themselves say.
  const isByUuid = ({ documents, ids }: Announcement) =>
    documents === 'none' || documents === 'book' || ids.uploadedDocUuid !== undefined;
  if (!announcements.every(isByUuid)) return new Map((await readDocuments(table, bookId)).byUuid);
  const named = new Map<string, Document>();
  for (const docUuid of new Set(announcements.flatMap(({ ids }) => [ids.uploadedDocUuid, ids.docUuid]))) {
    const document = docUuid === undefined ? undefined : await readDocument(table, bookId, docUuid);
    if (document !== undefined) named.set(document.docUuid, document);
  }
  return named;
}
