import { type Entry, isMissing, wantOf } from '../checklist/entry.ts';
import { DOCUMENT_KINDS } from '../checklist/kinds.ts';
import { isCapturable } from '../checklist/observation.ts';
import type { ResultKind } from '../events/catalog.ts';
import { normaliseUuid } from '../events/ids.ts';
import { DELETED } from '../events/statuses.ts';
import { Failure } from '../failure.ts';
import { readBook } from './books.ts';
import { readDocuments } from './documents.ts';
import { BookItem, DocumentItem, EventItem, ResultItem } from './items.ts';
import { BOOK_ITEM, DOCUMENT_PREFIX, EVENT_PREFIX, RESULT_PREFIX, resultItem } from './keys.ts';
import { type Bodies, decompress } from './result-bodies.ts';
import type { Table } from './table.ts';

/** A result without its body. */
export type ResultDescription = Omit<ResultItem, 'body'>;

/** A result that is missing. */
export interface MissingResult {
  readonly kind: ResultKind;
  readonly subject: string;
  /** `expired`: it was refused for so long that it is not asked for any more. */
  readonly state: Entry['state'];
  readonly since: string;
  readonly attempts: number;
  readonly nextAt: string | null;
  /** The last answer's code. */
  readonly code: string | null;
}

/** For downstream services: typed reads, with gzip and S3 out of sight. Needs `dynamodb:Query`, `GetItem` and `s3:GetObject`. */
export interface Reader {
  book(bookId: string): Promise<BookItem | undefined>;
  documents(bookId: string): Promise<DocumentItem[]>;
  /** In the order of kind and subject. */
  results(bookId: string): Promise<ResultDescription[]>;
  /**
   * The body exactly as Ocrolus sent it.
   *
   * @param subject the book's own uuid where it is left out, else the first subject of that kind.
   * @returns `undefined` when there is none.
   */
  resultBody(bookId: string, kind: ResultKind, subject?: string): Promise<Buffer | undefined>;
  /**
   * The pages of a result of the book, in their order: of enriched transactions there may be many. All are of one set.
   *
   * @returns `undefined` when there is none.
   */
  resultPages(bookId: string, kind: ResultKind): Promise<Buffer[] | undefined>;
  /** What the book should have and does not have yet: one element for each open entry of its checklist. */
  missing(bookId: string): Promise<MissingResult[]>;
  /** Deliveries, oldest first. */
  events(bookId: string): Promise<EventItem[]>;
}

export function createReader(table: Table, bodies: Pick<Bodies, 'get'>): Reader {
  const query = async <T>(bookId: string, prefix: string, parse: (item: unknown) => T): Promise<T[]> => {
    const found: T[] = [];
    for await (const item of table.query({ bookId: toBookId(bookId), prefix })) found.push(parse(item));
    return found;
  };

  return {
    async book(bookId) {
      const item = await table.get({ bookId: toBookId(bookId), item: BOOK_ITEM });
      return item === undefined ? undefined : BookItem.parse(item);
    },
    documents: (bookId) => query(bookId, DOCUMENT_PREFIX, (item) => DocumentItem.parse(item)),
    results: (bookId) =>
      query(bookId, RESULT_PREFIX, (item) => {
        const { body: _, ...description } = ResultItem.parse(item);
        return description;
      }),
    async resultBody(bookId, kind, subject) {
      const wanted = subject === undefined ? undefined : toBookId(subject);
      const candidates = await query(bookId, `${RESULT_PREFIX}${kind}#${wanted ?? ''}`, (item) =>
        ResultItem.parse(item),
      );
      const exact = candidates.find((result) => result.subject === (wanted ?? toBookId(bookId)));
      const result = wanted === undefined ? (exact ?? candidates[0]) : exact;
      return result === undefined ? undefined : bodyOf(result, bodies);
    },
    async resultPages(bookId, kind) {
      const own = toBookId(bookId);
      for (let attempt = 0; attempt < SETS_READ; attempt += 1) {
        const item = await table.get({ bookId: own, item: resultItem(kind, own) });
        if (item === undefined) return undefined;
        const first = ResultItem.parse(item);
        const { id, pages = 1 } = first.set ?? { id: '' };
        const prefix = `${RESULT_PREFIX}${kind}#${own}@${id}@`;
        const others = pages === 1 ? [] : await query(own, prefix, (page) => ResultItem.parse(page));
        // While they were read, a newer set has taken the place of this one, and its pages were removed.
        if (others.length !== pages - 1) continue;
        const all: Buffer[] = [];
        for (const page of [first, ...others]) all.push(await bodyOf(page, bodies));
        return all;
      }
      throw new Failure('retry', 'pages-changing');
    },
    missing: (bookId) => missingOf(table, toBookId(bookId)),
    events: (bookId) => query(bookId, EVENT_PREFIX, (item) => EventItem.parse(item)),
  };
}

/** How often a set of pages is read that changes meanwhile. */
const SETS_READ = 5;

async function bodyOf({ s3, body }: ResultItem, bodies: Pick<Bodies, 'get'>): Promise<Buffer> {
  return decompress(s3 === undefined ? Buffer.from(body ?? []) : await bodies.get(s3.bucket, s3.key));
}

/** Accepts an id in any spelling that Ocrolus uses. */
function toBookId(id: string): string {
  return normaliseUuid(id) ?? id;
}

async function missingOf(table: Table, bookId: string): Promise<MissingResult[]> {
  const book = await readBook(table, bookId);
  if (book === undefined || book.status === DELETED) return [];
  const missing: MissingResult[] = [];
  const add = (kind: ResultKind, subject: string, entry: Entry) => {
    const { state, since, attempts, nextAt = null, code = null } = entry;
    missing.push({ kind, subject, state, since, attempts, nextAt, code });
  };
  for (const [name, entry] of Object.entries(book.entries)) {
    if (entry.version !== book.generation || !isMissing(entry)) continue;
    const { kind, subject } = wantOf(name, bookId);
    add(kind, subject, entry);
  }
  for (const document of (await readDocuments(table, bookId)).values()) {
    const { docUuid, version, entries, observedAt } = document;
    for (const kind of [...DOCUMENT_KINDS, 'signals'] as const) {
      const entry = entries[kind]?.version === version ? entries[kind] : undefined;
      // What an account's contract does not serve is not missing, see the circuit.
      const isWantedKind = book.open?.includes(kind) === true;
      if (entry !== undefined && isMissing(entry) && isWantedKind) add(kind, docUuid, entry);
      // A finished document without an entry is wanted, where the stage's policy wants the kind at all.
      const isWanted = entry === undefined && kind !== 'signals' && isWantedKind;
      if (!isWanted || !isCapturable(document)) continue;
      const nextAt = book.round?.nextAt;
      add(kind, docUuid, { state: 'wanted', version, since: observedAt, attempts: 0, nextAt });
    }
  }
  return missing;
}
