import type { Book, Document, Versioned } from '../../../../infra/local/ocrolus/model/book.ts';
import { type BookScript, type Change, type Left, type ScriptContext, scriptOf } from './script.ts';

export const UNCHANGED: Change = { since: 0, isShown: true, left: undefined };

/** The part of Book status that decides which results a book has. */
export function digestOf({ bookClass, documents, mixed }: Book): string {
  const lines = documents.filter(({ isListed }) => isListed).map(({ uuid, status }) => `${uuid} ${status}`);
  return [bookClass, ...lines, ...mixed.map(({ uuid, status }) => `${uuid} ${status}`)].join('\n');
}

/** Call it before a change that lets a book go back to work. */
export function recordLeaving(script: BookScript): void {
  const { book, context } = script;
  if (book.status !== 'VERIFIED') return;
  script.left = { at: context.model.now(), digest: digestOf(book) };
  if (book.analytics.isReady) script.analyticsLeft = script.left;
}

/** The change of Detect's answers. Book status shows the first one only. */
export function signalsChange({ revision, changedAt }: Versioned): Change {
  return { since: revision > 1 ? changedAt : 0, isShown: revision <= 1, left: undefined };
}

/** Call it after each change of a result. */
export function recordChange(context: ScriptContext, result: Versioned, book: Book): void {
  const left = takeLeft(scriptOf(context, book), result);
  const isFirst = result.revision === 1;
  const since = isFirst ? 0 : (left?.at ?? result.changedAt);
  const shownAt = isDocument(result) ? result.statusAt : book.changedAt;
  const isShown = isFirst || shownAt === result.changedAt;
  context.changes.set(result, { since, isShown, left });
}

/** @returns when the result was last answered, and what Book status showed then; `undefined` where it was answered until now. */
function takeLeft(script: BookScript, result: Versioned): Left | undefined {
  const { book, left, analyticsLeft, documentsLeft } = script;
  if (isDocument(result)) {
    const documentLeft = documentsLeft.get(result);
    documentsLeft.delete(result);
    return documentLeft;
  }
  if (result === book.analytics) {
    script.analyticsLeft = undefined;
    return analyticsLeft;
  }
  // While a verified book is at work again, what is computed from all of it is not answered.
  return book.status === 'VERIFIED' ? undefined : left;
}

function isDocument(result: Versioned): result is Document {
  return 'docUuid' in result;
}
