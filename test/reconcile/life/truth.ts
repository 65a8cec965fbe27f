import { digestOf, isCapturable } from '../../../shared/checklist/observation.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { BookObservation, Want } from '../../../shared/events/envelope.ts';
import { UNLISTED } from '../../../shared/events/statuses.ts';
import { readBookStatus } from '../../../shared/ocrolus/book-status.ts';

/** One invocation of a Lambda. */
export interface Run {
  /** It ended without a failure, and was not killed. */
  isDone: boolean;
}

/** One result at Ocrolus. Its body carries the version. */
export interface Fact {
  version: number;
  /** The version since the last change of status that the system must notice by itself. */
  base: number;
  /** The version of the last change that was announced. */
  edited: number;
  /** Versions that Ocrolus permanently refuses to give. */
  readonly permanent: Set<number>;
  /** Unix milliseconds. */
  readyAt: number;
  /** Computed by a job only, which takes so many milliseconds. */
  jobMs: number | undefined;
  /** Refused, or permanently so, since the book changed: a probe may have ended (docs: "with the third refusal"). */
  refusals: number;
}

interface Learned {
  readonly state: string;
  readonly run: Run;
  /** As of then. */
  readonly bases: ReadonlyMap<Fact, number>;
}

/**
 * What the system has learned about something, and so which changes it must notice. docs/data-model.md: "a result that Ocrolus
 * computes again [...] without a change of the book's status or documents" is not found: a status that is back before
 * Ocrolus is asked, or that only failed runs have learned, is no change for the system.
 */
export class Knowledge {
  #learned: Learned[] = [];

  learn(state: string, run: Run, facts: readonly Fact[]): void {
    const done = this.#learned.findLastIndex((one) => one.run.isDone);
    this.#learned = this.#learned.slice(Math.max(done, 0));
    this.#learned.push({ state, run, bases: new Map(facts.map((fact) => [fact, fact.base])) });
  }

  /** The last state that was knowledge, if to a run that came to its end. */
  get lastDone(): string | undefined {
    const last = this.#learned.at(-1);
    return last?.run.isDone === true ? last.state : undefined;
  }

  /** Whether a change to a state must be noticed; if not, the version that was there when it was learned is as good. */
  mustNotice(state: string): boolean {
    const done = this.#learned.findLastIndex((one) => one.run.isDone);
    // The last one that counts, and those that may come to count.
    const same = this.#learned.slice(Math.max(done, 0)).filter((one) => one.state === state);
    for (const { bases } of same) for (const [fact, base] of bases) fact.base = Math.min(fact.base, base);
    return same.length === 0;
  }
}

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
