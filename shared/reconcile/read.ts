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

/** Reason for reconciling a book: announcements of deliveries, a look, or both. */
export interface Focus {
  readonly announcements: readonly Announcement[];
  /** Set if the poller has handed the book over: everything that is due. */
  readonly look?: Look | undefined;
  /** Answer of Book status a moment ago, by which the book was identified. */
  readonly observation?: BookObservation | undefined;
}

/** `isUrgent`: an operator asks, so nothing waits. `isRepeated`: SQS has delivered the message before. */
export interface Look {
  readonly isUrgent: boolean;
  readonly isRepeated: boolean;
}

/** Stored state of a book. */
export interface Read {
  readonly book: Book | undefined;
  readonly documents: ReadonlyMap<string, Document>;
  /** Uuids of documents that this version cannot read: they are left alone, and the book is not complete. */
  readonly unreadable: ReadonlySet<string>;
  /** All documents were read, because they are few or for a look. */
  readonly isWhole: boolean;
}

/** Number of documents above which a delivery reads and writes only those that it names. */
export const FEW_DOCUMENTS = 50;

/**
 * Reads the book consistently, and the documents in focus.
 *
 * @returns `undefined`: the book is forgotten, or is not due in a look.
 * @throws Failure `retry`, code `unreadable-item`
 */
export async function readStored(context: Context, focus: Focus): Promise<Read | undefined> {
  const { table, bookId } = context;
  const { announcements, look } = focus;
  const book = await readBook(table, bookId);
  const bookPk = announcements.find(({ ids }) => ids.bookPk !== undefined)?.ids.bookPk;
  if (isForgotten(book)) {
    // The pk of the forgotten book was not known before.
    if (bookPk !== undefined && book.bookPk === undefined)
      await forgetBoth(table, bookIdOf({ bookPk }), bookId, context.writer);
    // Version 0.1 kept a forgotten book among the books to look at, where it would be handed over again and again.
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
  // A document that is not named by uuid, and is none of the readable ones, may be unreadable.
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
 * Account whose credentials have shown the book; an event may come through another one. Until then, a look uses the
 * account to be tried next.
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
  // Only the documents themselves show which of them a pk or an image group means.
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
