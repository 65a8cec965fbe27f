import { findOperation } from '../../../infra/local/ocrolus/model/calls.ts';
import type { Reply } from '../../../infra/local/ocrolus/model/reply.ts';
import { enrichedBody, errorBody, resultBody, signalsBody, statusBody } from './bodies.ts';
import {
  type Available,
  FORBIDDEN,
  isAvailable,
  NO_SUCH_BOOK,
  PENDING,
  type PlayedAnswer,
  type PlayedBook,
  type PlayedDocument,
  type Refusal,
} from './played-book.ts';

/** A call as the simulated system makes it. */
interface PlayedRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  /** Whose credentials are sent to the token endpoint. */
  readonly account: string;
}

const CAPTURED = new Set(['VERIFICATION_COMPLETE', 'COMPLETED']);
const TOO_MANY_ROWS: Refusal = { status: 422, code: 1100 };
const NO_SUCH_DOCUMENT: Refusal = { status: 400, code: 1501 };
const UNKNOWN_JOB: Refusal = { status: 404 };

/**
 * An Ocrolus that answers what a script says and does nothing by itself: for scenarios that must be the same for every
 * version of this project. The simulation's own model of Ocrolus lives by chance (test/simulation/ocrolus).
 */
export class PlayedOcrolus {
  readonly #books = new Map<string, PlayedBook>();

  /** Replaces what Ocrolus has of a book. */
  set(book: PlayedBook): void {
    this.#books.set(book.uuid, book);
  }

  get bookCount(): number {
    return this.#books.size;
  }

  answer(request: PlayedRequest): Reply {
    const { path, account } = request;
    if (path === '/oauth/token')
      return ok(JSON.stringify({ access_token: `played.${account}`, expires_in: 86_400 }));
    if (path.startsWith('/async_jobs/')) return this.#jobResult(path.slice('/async_jobs/'.length));
    const caller = request.token?.replace(/^played\./, '');
    if (path === '/v1/books') return this.#list(request, caller);
    if (path.startsWith('/v2/analytics/jobs/')) return this.#job(path.slice('/v2/analytics/jobs/'.length));
    const asked = this.#find(request);
    if (asked === undefined) return refuse({ status: 404 });
    const { book } = asked;
    if (book?.refused !== undefined) return refuse(book.refused);
    if (book === undefined || book.account !== caller) return refuse(NO_SUCH_BOOK);
    return answerAbout(book, asked, request.query);
  }

  /** What a call is about; `undefined`: there is no such call. */
  #find({ path, query }: PlayedRequest): Asked | undefined {
    const { operation, ids: [first, last = ''] = [] } = findOperation(path) ?? {};
    const book =
      this.#books.get(first ?? query.get('book_uuid') ?? '') ??
      (first === undefined ? this.#byPk(query.get('pk')) : undefined);
    const kind = operation?.kind;
    switch (operation?.name) {
      case 'book-status':
        return { book, kind: 'status' };
      case 'doc-form-data':
        return this.#ofDocument('forms', query);
      case 'doc-fraud-signals':
        return this.#ofDocument('signals', new URLSearchParams({ doc_uuid: first ?? '' }));
      case 'transactions':
        return { book, kind: 'transactions', subject: query.get('uploaded_doc_uuid') ?? '' };
      case 'async-analytics-result': {
        const subject = query.get('analytics_request_id') ?? '';
        return { book: this.#having(`analytics#${subject}`), kind: 'analytics', subject };
      }
      case 'retrieve-business':
        return { book, kind: 'business', subject: last };
      default:
        return kind === undefined ? undefined : { book, kind };
    }
  }

  #byPk(pk: string | null): PlayedBook | undefined {
    return pk === null ? undefined : [...this.#books.values()].find((book) => book.pk === pk);
  }

  #having(answer: string): PlayedBook | undefined {
    return [...this.#books.values()].find(({ answers }) => answers[answer] !== undefined);
  }

  #ofDocument(kind: string, query: URLSearchParams): Asked {
    const [uuid, pk] = [query.get('doc_uuid'), query.get('pk')];
    for (const book of this.#books.values()) {
      const named = (document: PlayedDocument) =>
        document.pk === pk || (document.uuid === uuid && !(kind === 'forms' && document.hasFormsByPkOnly));
      const document = book.documents.find(named);
      if (document !== undefined) return { book, kind, subject: document.uuid };
    }
    const owner = [...this.#books.values()].find(({ documents }) =>
      documents.some((one) => one.uuid === uuid),
    );
    return { book: owner, kind, subject: '' };
  }

  #list({ query }: PlayedRequest, caller: string | undefined): Reply {
    const listed = [...this.#books.values()]
      .filter(({ account, refused }) => account === caller && refused === undefined)
      .sort((a, b) => Number(a.pk) - Number(b.pk))
      .map(({ pk, uuid, name = `Application ${uuid}`, xid = null }) => ({
        pk: Number(pk),
        book_uuid: uuid,
        name,
        created_ts: '2026-01-01T00:00:00Z',
        xid,
        book_type: 'DEFAULT',
      }));
    const offset = Number(query.get('offset'));
    const books = listed.slice(offset, offset + Number(query.get('limit')));
    return ok(
      JSON.stringify({ status: 200, message: 'OK', response: { books, total_book_count: listed.length } }),
    );
  }

  #jobOf(id: string): readonly [book: PlayedBook, kind: string, answer: Available] | undefined {
    for (const book of this.#books.values())
      for (const [kind, answer] of Object.entries(book.answers))
        if (isAvailable(answer) && answer.job?.id === id) return [book, kind, answer];
    return undefined;
  }

  #job(id: string): Reply {
    const found = this.#jobOf(id);
    if (found === undefined) return refuse(UNKNOWN_JOB);
    if (found[2].job?.isDone !== true)
      return { ...ok(JSON.stringify({ job_id: id, status: 'PENDING' })), status: 202 };
    const result_url = `https://results.example/async_jobs/${id}?X-Amz-Signature=5f1e`;
    return ok(JSON.stringify({ job_id: id, status: 'DONE', result_url }));
  }

  #jobResult(id: string): Reply {
    const found = this.#jobOf(id);
    if (found === undefined) return refuse(FORBIDDEN);
    const [{ uuid }, kind, answer] = found;
    if (kind === 'enriched-transactions')
      return ok(enrichedBody(uuid, { ...answer, pageRows: answer.rows ?? 1 }));
    return ok(resultBody({ kind, subject: uuid, bookUuid: uuid }, answer));
  }
}

interface Asked {
  readonly book: PlayedBook | undefined;
  readonly kind: string;
  /** Absent: the book itself. */
  readonly subject?: string;
}

function answerAbout(book: PlayedBook, { kind, subject = book.uuid }: Asked, query: URLSearchParams): Reply {
  if (kind === 'status') return ok(statusBody(book));
  if (subject === '') return refuse(NO_SUCH_DOCUMENT);
  const document = book.documents.find(({ uuid }) => uuid === subject);
  const answer = answerOf(book, kind, subject);
  if (!isAvailable(answer)) return refuse(answer);
  if (kind === 'signals') {
    if (document !== undefined && document.detect === undefined) return refuse({ status: 404 });
    return ok(signalsBody(book.uuid, document === undefined ? book.documents : [document], answer.revision));
  }
  if (answer.job !== undefined) {
    if (query.get('async') !== 'true') return refuse(TOO_MANY_ROWS);
    return { ...ok(JSON.stringify({ job_id: answer.job.id, status: 'PENDING' })), status: 202 };
  }
  if (kind === 'enriched-transactions') {
    const offset = Number(query.get('offset') ?? 0);
    return ok(enrichedBody(book.uuid, answer, offset));
  }
  return ok(resultBody({ kind, subject, bookUuid: book.uuid }, answer));
}

/** What Ocrolus says of a result, by the book's script or by what its documents are. */
function answerOf(book: PlayedBook, kind: string, subject: string): PlayedAnswer {
  const scripted = book.answers[`${kind}#${subject}`] ?? book.answers[kind];
  if (scripted !== undefined) return scripted;
  if (kind === 'signals') return { revision: 1 };
  if (kind !== 'forms' && kind !== 'transactions') return FORBIDDEN;
  const document = book.documents.find(({ uuid }) => uuid === subject);
  if (document === undefined) return NO_SUCH_DOCUMENT;
  return CAPTURED.has(document.status) ? { revision: 1 } : PENDING;
}

/**
 * The body of a result that Ocrolus has: a page with all rows, of enriched transactions.
 *
 * @param name `kind`, or `kind#subject`.
 * @throws Error where it has none.
 */
export function availableBody(book: PlayedBook, name: string): string {
  const [kind = '', subject = book.uuid] = name.split('#');
  const answer = answerOf(book, kind, subject);
  if (!isAvailable(answer)) throw new Error(`Ocrolus has no ${name} of ${book.uuid}`);
  if (kind === 'enriched-transactions')
    return enrichedBody(book.uuid, { ...answer, pageRows: answer.rows ?? 1 });
  return resultBody({ kind, subject, bookUuid: book.uuid }, answer);
}

function ok(body: string): Reply {
  return { status: 200, body, state: 'available' };
}

function refuse(refusal: Refusal): Reply {
  return { status: refusal.status, body: errorBody(refusal), state: 'refused' };
}
