import type { Account, Book, Document, ImageGroup, Mixed, Versioned } from './book.ts';
import type { Model } from './model.ts';

/** A book to be created now. */
export interface NewBook
  extends Pick<
    Book,
    'uuid' | 'pk' | 'name' | 'xid' | 'bookClass' | 'hash' | 'visibleFrom' | 'isStuck' | 'volume'
  > {
  readonly account: Account;
  /** Income will be calculated: until then the answer is "not yet". */
  readonly isIncomeExpected: boolean;
}

/** An empty book; Book list does not show it yet (`Registry.list`). */
export function makeBook(model: Model, spec: NewBook): Book {
  const { isIncomeExpected, ...given } = spec;
  const createdAt = model.now();
  const never = (): Versioned => ({ revision: 0, changedAt: createdAt });
  const book: Book = {
    ...given,
    createdAt,
    status: 'CREATED',
    vanishesAt: Number.POSITIVE_INFINITY,
    documents: [],
    mixed: [],
    businesses: [],
    requests: [],
    version: 1,
    changedAt: createdAt,
    listText: undefined,
    statusText: undefined,
    uploading: 0,
    working: 0,
    captured: 0,
    verifiedAt: 0,
    idleAt: 0,
    isClassified: false,
    isCompleted: false,
    classification: never(),
    statements: never(),
    paystubs: never(),
    signals: never(),
    suspicious: { revision: 1, changedAt: createdAt },
    analytics: { ...never(), isReady: false, rows: 0, documents: 0 },
    income: { ...never(), isExpected: isIncomeExpected },
  };
  model.registry.addBook(book);
  return book;
}

/** A document to be uploaded. */
export interface NewDocument
  extends Pick<
    Document,
    | 'uuid'
    | 'pk'
    | 'docUuid'
    | 'name'
    | 'kind'
    | 'formType'
    | 'pages'
    | 'rows'
    | 'outcome'
    | 'rejectionReason'
    | 'detectOutcome'
  > {
  readonly mixed?: Mixed | undefined;
  readonly imageGroup?: ImageGroup | undefined;
}

/** A document that is known by its ids, and not in the book yet (`listDocument`). */
export function makeDocument(model: Model, book: Book, spec: NewDocument): Document {
  const now = model.now();
  const document: Document = {
    mixed: undefined,
    imageGroup: undefined,
    ...spec,
    book,
    status: 'QUEUED',
    isListed: false,
    statusAt: now,
    revision: 0,
    changedAt: now,
    knownFrom: 0,
    resultsFrom: 0,
    detect: 'ABSENT',
    detectBefore: 'ABSENT',
    signals: { revision: 0, changedAt: now },
    statusText: undefined,
    signalsText: undefined,
  };
  spec.mixed?.parts.push(document);
  model.registry.addDocument(document);
  return document;
}
