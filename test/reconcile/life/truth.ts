import { digestOf, isCapturable } from '../../../shared/checklist/observation.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { BookObservation, Want } from '../../../shared/events/envelope.ts';
import { UNLISTED } from '../../../shared/events/statuses.ts';
import { readBookStatus } from '../../../shared/ocrolus/book-status.ts';
import { type Fact, Knowledge, type Run } from './knowledge.ts';

export interface LifeDocument {
  /** Absent: Book status has its pk only. */
  readonly uuid: string | undefined;
  readonly pk: string;
  readonly isMixed: boolean;
  readonly imageGroupPk: string | undefined;
  status: string;
  isListed: boolean;
  /** Detect never lists it. */
  isAbsentFromDetect: boolean;
  readonly knowledge: Knowledge;
}

export interface LifeBook {
  readonly uuid: string;
  readonly pk: string;
  readonly account: string;
  status: string;
  /** Book status has an entry that cannot be read. */
  isPartial: boolean;
  readonly documents: LifeDocument[];
  readonly knowledge: Knowledge;
  readonly facts: Map<string, Fact>;
}

export interface Job {
  readonly kind: ResultKind;
  readonly book: LifeBook;
  readonly startedAt: number;
  readonly doneAt: number;
  readonly version: number;
  readonly fails: boolean;
}

/** How a result turns out that Ocrolus computes. */
export interface Computing {
  /** The kind that Ocrolus permanently refuses. */
  readonly permanent: ResultKind | undefined;
  readonly delayMs: number;
  readonly jobMs: number | undefined;
}

export const OF_DOCUMENT = ['forms', 'transactions', 'signals'] as const;
export const OF_BOOK = [
  'paystubs',
  'summary',
  'cash-flow',
  'enriched-transactions',
  'income',
  'suspicious-activity',
  'analytics',
  'classification',
] as const;
export const BY_JOB: ReadonlySet<string> = new Set(['summary', 'cash-flow', 'enriched-transactions']);

export const idOf = ({ uuid, pk }: LifeDocument) => uuid ?? `pk-${pk}`;

export function newLifeBook(n: number, account: string): LifeBook {
  return {
    uuid: `b${n}`,
    pk: String(7 + n),
    account,
    status: 'CREATED',
    isPartial: false,
    documents: [],
    knowledge: new Knowledge(),
    facts: new Map(),
  };
}

export function factOf(book: LifeBook, kind: ResultKind, subject: string): Fact {
  const key = `${kind} ${subject}`;
  const known = book.facts.get(key);
  if (known !== undefined) return known;
  const fact: Fact = {
    version: 0,
    base: 0,
    edited: 0,
    permanent: new Set(),
    readyAt: 0,
    jobMs: undefined,
    refusals: 0,
  };
  book.facts.set(key, fact);
  return fact;
}

/** A new version of a result; where no event announces it (`isAnnounced`), one that a change of status shows. */
export function compute(
  book: LifeBook,
  { kind, subject, isAnnounced }: Want & { readonly isAnnounced: boolean },
  how: Computing,
  now: number,
): void {
  const fact = factOf(book, kind, subject);
  fact.version += 1;
  if (how.permanent === kind) fact.permanent.add(fact.version);
  fact.readyAt = now + how.delayMs;
  fact.jobMs = BY_JOB.has(kind) ? how.jobMs : undefined;
  if (isAnnounced) fact.edited = fact.version;
  else fact.base = fact.version;
}

/** The body of Book status. */
export function statusBody(book: LifeBook): object {
  const listed = book.documents.filter(({ isListed }) => isListed);
  const entry = ({ uuid, pk, status, imageGroupPk }: LifeDocument) => ({
    pk: Number(pk),
    status,
    ...(uuid !== undefined && { uuid }),
    ...(imageGroupPk !== undefined && { image_group_pk: Number(imageGroupPk) }),
  });
  return {
    status: 200,
    message: 'OK',
    response: {
      uuid: book.uuid,
      pk: Number(book.pk),
      book_status: book.status,
      docs: [...listed.filter(({ isMixed }) => !isMixed).map(entry), ...(book.isPartial ? ['?'] : [])],
      mixed_docs: listed.filter(({ isMixed }) => isMixed).map(entry),
    },
  };
}

/** What Book status says now, as the system reads it. */
export function observationOf(book: LifeBook, now = 0): BookObservation {
  const body = Buffer.from(JSON.stringify(statusBody(book)));
  return readBookStatus({ body, askedAt: new Date(now).toISOString() }, { bookUuid: book.uuid });
}

const stateOf = ({ isListed, status }: LifeDocument) => (isListed ? status : UNLISTED);

/** Records that a run has learned what Book status says now. */
export function recordKnowledge(book: LifeBook, run: Run): void {
  const ofBook = OF_BOOK.map((kind) => factOf(book, kind, book.uuid));
  book.knowledge.learn(digestOf(observationOf(book)), run, ofBook);
  for (const document of book.documents) {
    // An answer of which a part cannot be read does not show that a document is gone.
    if (book.isPartial && !document.isListed) continue;
    const own = OF_DOCUMENT.map((kind) => factOf(book, kind, idOf(document)));
    document.knowledge.learn(stateOf(document), run, own);
  }
}

/** Changes a document, which Ocrolus then may capture and analyze again. */
export function changeDocument(
  book: LifeBook,
  { document, ...change }: { document: LifeDocument } & Partial<Pick<LifeDocument, 'status' | 'isListed'>>,
  how: Computing,
  now: number,
): void {
  const before = stateOf(document);
  if (document.status === 'DELETED') return;
  Object.assign(document, change);
  const after = stateOf(document);
  if (before === after || !document.isListed) return;
  const mustNotice = document.knowledge.mustNotice(after);
  const isNew = factOf(book, 'signals', idOf(document)).version === 0;
  if (!isCapturable({ status: document.status, mixed: document.isMixed })) return;
  if (!isNew && !mustNotice) return;
  for (const kind of OF_DOCUMENT)
    compute(book, { kind, subject: idOf(document), isAnnounced: false }, how, now);
}

/** After a change of a book or its documents: Ocrolus computes what belongs to the verified book as a whole. */
export function changeBook(book: LifeBook, status: string, how: Computing, now: number): void {
  if (book.status === 'DELETED') return;
  book.status = status;
  if (status !== 'VERIFIED') return;
  const digest = digestOf(observationOf(book));
  const mustNotice = book.knowledge.mustNotice(digest);
  const isNew = factOf(book, 'summary', book.uuid).version === 0;
  if (!isNew && !mustNotice) return;
  for (const kind of OF_BOOK) {
    compute(book, { kind, subject: book.uuid, isAnnounced: false }, how, now);
    factOf(book, kind, book.uuid).refusals = 0;
  }
}

/** Whether Ocrolus gives no body of a fact, or need not have given one since a version. */
export const mayBeRefused = (fact: Fact, since: number) =>
  [...fact.permanent].some((version) => version >= since);

export const isPermanent = (fact: Fact) => fact.permanent.has(fact.version);

export const hasResultsOf = (book: LifeBook) =>
  book.documents.some(
    ({ isListed, status, isMixed }) => isListed && isCapturable({ status, mixed: isMixed }),
  );
