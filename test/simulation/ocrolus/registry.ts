import type { Account, AnalyticsRequest, Book, Document } from './book.ts';
import type { AccountProfile } from './profile.ts';
import type { Random } from './random.ts';
import { createRefusals } from './refusals.ts';

/** Every book and document by each of its ids. */
export class Registry {
  readonly accounts = new Map<string, Account>();
  readonly books: Book[] = [];
  readonly booksByUuid = new Map<string, Book>();
  readonly booksByPk = new Map<string, Book>();
  /** By uuid, `doc_uuid` and pk. */
  readonly documents = new Map<string, Document>();
  readonly requests = new Map<string, AnalyticsRequest>();
  #pks = 0;

  constructor(profiles: readonly AccountProfile[]) {
    for (const profile of profiles) {
      const { name, errorsAsOk = false, without = [] } = profile;
      this.accounts.set(name, {
        name,
        profile,
        refusals: createRefusals(errorsAsOk),
        disabled: new Set(without),
        listed: [],
        credentialsValid: true,
        hidden: [],
        day: -1,
        calls: [],
      });
    }
  }

  account(name: string): Account {
    const account = this.accounts.get(name);
    if (account === undefined) throw new Error(`no account ${name}`);
    return account;
  }

  anyAccount(random: Random): Account {
    return random.pick([...this.accounts.values()]);
  }

  /** Ascending over all accounts: 8 digits, or beyond 2^53. */
  nextPk(account: Account): string {
    this.#pks += 1;
    return account.profile.largePks === true
      ? LARGE_PK + String(this.#pks).padStart(8, '0')
      : String(48_000_000 + this.#pks);
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
    this.documents.set(document.uuid, document);
    this.documents.set(document.docUuid, document);
    this.documents.set(document.pk, document);
  }

  addRequest(request: AnalyticsRequest): void {
    this.requests.set(request.id, request);
  }
}

/** Followed by eight digits, above 2^53. */
const LARGE_PK = '90071992547';
