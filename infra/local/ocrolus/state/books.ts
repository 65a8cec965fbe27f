import { normalisePk, normaliseUuid } from '../../../../shared/events/read-ids.ts';
import type { Book, Document, ImageGroup, MixedDocument } from './book.ts';
import type { Ids } from './ids.ts';
import type { BookSpec, DocumentSpec } from './specs.ts';

const DEFAULT_TRANSACTIONS = 6;

/** The books of the organization. */
export class Books {
  readonly all: Book[] = [];
  readonly #byId = new Map<string, Book>();
  readonly #documents = new Map<string, { book: Book; document: Document }>();
  readonly #ids: Ids;
  readonly #now: () => number;
  readonly #groups = new WeakMap<Book, Map<string, ImageGroup>>();
  readonly #mixed = new WeakMap<Book, Map<string, MixedDocument>>();

  /** @param existing books of an earlier run. */
  constructor(ids: Ids, now: () => number, existing: readonly Book[] = []) {
    this.#ids = ids;
    this.#now = now;
    for (const book of existing) this.#list(book);
  }

  /** An empty book. */
  add(spec: Omit<BookSpec, 'documents'>): Book {
    const pk = spec.pk ?? this.#ids.pk();
    const book: Book = {
      uuid: normaliseUuid(spec.uuid) ?? this.#ids.uuid(),
      pk,
      name: spec.name ?? `Hillside Carpentry LLC - application ${pk}`,
      bookClass: spec.bookClass ?? 'COMPLETE',
      xid: spec.xid ?? null,
      createdAt: `${new Date(this.#now()).toISOString().slice(0, 19)}Z`,
      forbidden: spec.forbidden ?? false,
      documents: [],
      businesses: [],
      analyticsRequests: [],
      copyJobs: [],
      status: 'CREATED',
      classified: false,
      analyticsReady: false,
      incomeRevision: 0,
      suspicious: false,
      completed: false,
    };
    this.#list(book);
    return book;
  }

  /** Puts a document into the book; what that does to the book's status is the lifecycle's business. */
  addDocument(book: Book, spec: DocumentSpec): Document {
    const position = book.documents.length;
    const uuid = normaliseUuid(spec.uuid) ?? this.#ids.uuid();
    const kind = spec.kind ?? 'bank-statement';
    const mixed = spec.mixed === undefined ? undefined : this.#mixedDocument(book, spec.mixed);
    const document: Document = {
      uuid,
      pk: spec.pk ?? this.#ids.pk(),
      docUuid: mixed === undefined ? uuid : this.#ids.uuid(),
      name: spec.name ?? (mixed === undefined ? `${kind}-${position + 1}.pdf` : `${mixed.name}(${position})`),
      kind,
      formType: spec.formType ?? 'W2',
      pages: spec.pages ?? 1,
      md5: this.#ids.hex(32),
      form: { uuid: this.#ids.uuid(), pk: this.#ids.pk() },
      transactions: kind === 'bank-statement' ? (spec.transactions ?? DEFAULT_TRANSACTIONS) : 0,
      position,
      ...(spec.imageGroup !== undefined && { imageGroup: this.#imageGroup(book, spec.imageGroup) }),
      ...(mixed !== undefined && { mixed }),
      ...(spec.rejection !== undefined && { rejection: spec.rejection }),
      detectOutcome: spec.detect ?? 'not_found',
      status: 'QUEUED',
      detect: 'pending',
      unlisted: false,
    };
    book.documents.push(document);
    this.#listDocument(book, document);
    return document;
  }

  byUuid(uuid: string): Book | undefined {
    const wanted = normaliseUuid(uuid) ?? '';
    const found = this.#byId.get(wanted);
    return found?.uuid === wanted ? found : undefined;
  }

  byPk(pk: string): Book | undefined {
    const wanted = normalisePk(pk) ?? '';
    const found = this.#byId.get(wanted);
    return found?.pk === wanted ? found : undefined;
  }

  /** By uploaded document uuid, by `doc_uuid`, or by pk. */
  document(id: string): { book: Book; document: Document } | undefined {
    return this.#documents.get(normaliseUuid(id) ?? '');
  }

  #list(book: Book): void {
    this.all.push(book);
    this.#byId.set(book.uuid, book).set(book.pk, book);
    for (const document of book.documents) this.#listDocument(book, document);
  }

  #listDocument(book: Book, document: Document): void {
    const { uuid, docUuid, pk, mixed } = document;
    for (const id of [uuid, docUuid, pk]) this.#documents.set(id, { book, document });
    if (mixed !== undefined) byLabel(this.#mixed, book, mixed.name, () => mixed);
  }

  #imageGroup(book: Book, label: string): ImageGroup {
    return byLabel(this.#groups, book, label, () => ({ uuid: this.#ids.uuid(), pk: this.#ids.pk() }));
  }

  #mixedDocument(book: Book, name: string): MixedDocument {
    return byLabel(this.#mixed, book, name, () => ({
      uuid: this.#ids.uuid(),
      pk: this.#ids.pk(),
      name,
      md5: this.#ids.hex(32),
      status: 'QUEUED',
    }));
  }
}

function byLabel<T>(all: WeakMap<Book, Map<string, T>>, book: Book, label: string, create: () => T): T {
  const ofBook = all.get(book) ?? new Map<string, T>();
  all.set(book, ofBook);
  const found = ofBook.get(label) ?? create();
  ofBook.set(label, found);
  return found;
}
