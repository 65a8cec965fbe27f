import type { Account, AccountHabits, AnalyticsRequest, Book, Document } from './book.ts';
import { createRefusals } from './refusals.ts';

/** Every account, book and document by each of its ids. */
export class Registry {
  readonly accounts = new Map<string, Account>();
  readonly books: Book[] = [];
  readonly booksByUuid = new Map<string, Book>();
  readonly booksByPk = new Map<string, Book>();
  /** Keys are the uuid, the `doc_uuid` and the pk. */
  readonly documents = new Map<string, Document>();
  readonly requests = new Map<string, AnalyticsRequest>();

  constructor(accounts: readonly AccountHabits[]) {
    for (const habits of accounts) {
      const { name, errorsAsOk = false, without = [] } = habits;
      const refusals = createRefusals(errorsAsOk);
      this.accounts.set(name, { name, habits, refusals, without: new Set(without), listed: [] });
    }
  }

  /** @throws Error for an unknown one. */
  account(name: string): Account {
    const account = this.accounts.get(name);
    if (account === undefined) throw new Error(`no account ${name}`);
    return account;
  }

  /** @throws Error for an unknown one. */
  book(uuid: string): Book {
    const book = this.booksByUuid.get(uuid);
    if (book === undefined) throw new Error(`no book ${uuid}`);
    return book;
  }

  addBook(book: Book): void {
    this.books.push(book);
    this.booksByUuid.set(book.uuid, book);
    this.booksByPk.set(book.pk, book);
  }

  /** Book list shows a book from now on, at its place by pk: usually the last. */
  list(book: Book): void {
    if (book.status === 'DELETED') return;
    const { listed } = book.account;
    let index = listed.length;
    while (index > 0 && BigInt(listed[index - 1]?.pk ?? 0) > BigInt(book.pk)) index -= 1;
    listed.splice(index, 0, book);
  }

  /** A deleted book is no longer listed; the offsets of later ones shift. */
  unlist(book: Book): void {
    const { listed } = book.account;
    const index = listed.indexOf(book);
    if (index >= 0) listed.splice(index, 1);
  }

  addDocument(document: Document): void {
    for (const id of [document.uuid, document.docUuid, document.pk]) this.documents.set(id, document);
  }
}
