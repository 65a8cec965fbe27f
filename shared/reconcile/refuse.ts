import { nextAccount } from '../ocrolus/accounts.ts';
import { type Book, updateBook } from '../store/books.ts';
import { BOOK_STATUS } from '../store/polling/circuits.ts';
import { isElsewhere, refuseBook } from '../store/polling/refused-books.ts';
import type { StatusReply } from './book-status.ts';
import type { Context } from './context.ts';

/** Book status does not answer a look: the book keeps its checklist. It may belong to another account than its event came through. */
export async function refuseLook(
  context: Context,
  known: Book | undefined,
  { class: refusal, code }: Extract<StatusReply, { kind: 'unknown' }>,
): Promise<void> {
  // It stays due.
  if (refusal === 'throttled') return;
  const { account, dependencies } = context;
  const { circuits, accounts, ports, times } = dependencies;
  const isOutage = (await circuits.state(account, BOOK_STATUS)).state !== 'closed';
  const { names } = accounts;
  await updateBook(
    context.table,
    context.bookId,
    (book) => {
      if (book === undefined) return book;
      const look = { class: refusal, code, account, accounts: names, isOutage, now: context.now, times };
      const refused = refuseBook(book, { ...look, random: ports.random() });
      const isUnsettled = book.observedAt === undefined || isElsewhere(book, names);
      const isTried = refusal !== 'suppressed' && isUnsettled;
      return isTried ? { ...refused, account: nextAccount(accounts, account) } : refused;
    },
    known,
  );
}
