import type { ResultKind } from '../../../shared/events/catalog.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Accounts } from '../../../shared/ocrolus/accounts.ts';
import type { Call } from '../../../shared/ocrolus/calls.ts';
import { classify } from '../../../shared/ocrolus/classify.ts';
import type { OcrolusClient, Reply } from '../../../shared/ocrolus/client.ts';
import type { ScriptedDocument } from '../../consumers/testing/answers.ts';
import type { Clock } from '../../store/testing/clock.ts';
import { FORBIDDEN } from '../testing/answers.ts';
import type { Fact, Run } from './knowledge.ts';
import {
  bodyOf,
  FAULT_REPLIES,
  type Fault,
  KIND_OF,
  NO_SUCH_BOOK,
  NOT_FOUND,
  NOT_YET,
  OF_ANOTHER,
  PERMANENT,
  type Said,
  signalsOf,
  TOO_LARGE,
} from './replies.ts';
import {
  factOf,
  hasResultsOf,
  idOf,
  isPermanent,
  type Job,
  type LifeBook,
  type LifeDocument,
  recordKnowledge,
  statusBody,
} from './truth.ts';

export const ACCOUNTS = ['default', 'other'] as const;
const JOB_LIVES_MS = 24 * 3_600_000;

interface LifeRequest {
  readonly account: string;
  readonly operation: string;
  readonly url: URL;
  readonly run: Run;
}

/** Ocrolus, as far as one or two books go. */
export class LifeOcrolus {
  readonly books: LifeBook[] = [];
  faults: Fault[] = [];
  /** Kinds of operations that the contract does not have, for good. */
  readonly disabled = new Set<string>();
  readonly jobs = new Map<string, Job>();
  calls = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The API accounts, as one Lambda uses them. @param run its present invocation. @param pass see `client`. */
  accounts(run: () => Run, pass: () => Promise<void>): Accounts {
    const clients = new Map(ACCOUNTS.map((account) => [account as string, this.client(account, run, pass)]));
    return {
      names: ACCOUNTS,
      client(account) {
        const client = clients.get(account);
        if (client === undefined) throw new Failure('refused', 'unknown-account');
        return client;
      },
    };
  }

  /** @param pass every request and every answer passes here, and may die on its way. */
  client(account: string, run: () => Run, pass: () => Promise<void>): OcrolusClient {
    const answer = async (operation: string, target: string): Promise<Reply> => {
      const askedAt = this.#clock.iso();
      this.#clock.advance(0.02);
      await pass();
      this.calls += 1;
      const said = this.#say(account, operation, target, run());
      this.#clock.advance(0.02);
      await pass();
      const httpStatus = said.httpStatus ?? 200;
      const body = Buffer.from(JSON.stringify(said.body));
      const verdict = classify({ httpStatus, body });
      if (verdict.kind === 'ok')
        return { kind: 'ok', answer: { operation, body, json: said.body, httpStatus, askedAt } };
      if (verdict.kind === 'throttled') throw new Failure('retry', 'http-429');
      if (verdict.kind === 'failed') throw new Failure('retry', verdict.code);
      if (verdict.kind === 'auth') return { kind: 'refused', code: 'auth', askedAt };
      return { ...verdict, askedAt };
    };
    return {
      ask: (call) => answer(call.operation, targetOf(call)),
      fetch: (call) => answer(call.operation, targetOf(call)),
      async get(call) {
        const reply = await answer(call.operation, targetOf(call));
        if (reply.kind !== 'ok') throw new Failure('refused', reply.code);
        return reply.answer;
      },
      getSigned: (url, operation) => answer(operation, url),
      send: () => Promise.reject(new Error('nothing is changed')),
    };
  }

  #say(account: string, operation: string, target: string, run: Run): Said {
    const now = this.#clock.now();
    this.faults = this.faults.filter(({ until }) => until > now);
    const fault = this.faults.find((one) => one.operation === 'all' || one.operation === operation);
    const url = new URL(target, 'https://ocrolus.test');
    const book = this.#bookOf(url);
    const fact = book === undefined ? undefined : this.#factOf(book, operation, url);
    const said = this.disabled.has(operation)
      ? FORBIDDEN
      : fault === undefined
        ? this.#answer({ account, operation, url, run }, book, fact)
        : (FAULT_REPLIES[fault.reply] as Said);
    const status = said.httpStatus ?? 200;
    if (fact !== undefined && status >= 400 && status !== 425 && status !== 429) fact.refusals += 1;
    return said;
  }

  #factOf(book: LifeBook, operation: string, url: URL): Fact | undefined {
    const kind = KIND_OF[operation];
    return kind === undefined || url.searchParams.has('doc_uuid') || url.searchParams.has('uploaded_doc_uuid')
      ? undefined
      : factOf(book, kind, book.uuid);
  }

  #bookOf({ pathname, searchParams }: URL): LifeBook | undefined {
    const [, , kind, id] = pathname.split('/');
    const ref =
      searchParams.get('book_uuid') ??
      searchParams.get('pk') ??
      (kind === 'book' ? id : pathname.startsWith('/v2/detect/book/') ? pathname.split('/')[4] : undefined);
    const named = this.books.find(({ uuid, pk }) => uuid === ref || pk === ref);
    if (named !== undefined) return named;
    const docUuid = searchParams.get('doc_uuid') ?? pathname.split('/')[4];
    return this.books.find(({ documents }) => documents.some(({ uuid }) => uuid === docUuid));
  }

  #answer(
    { account, operation, url, run }: LifeRequest,
    book: LifeBook | undefined,
    fact: Fact | undefined,
  ): Said {
    if (operation === 'book-list') return this.#list(account, url);
    if (operation === 'async-job-status') return this.#job(url.pathname.split('/').at(-1) ?? '');
    const signed = /^\/job\/(.*)$/.exec(url.pathname)?.[1];
    if (signed !== undefined) return this.#jobResult(signed);
    if (book === undefined) return operation === 'book-status' ? NO_SUCH_BOOK : NOT_FOUND;
    if (book.account !== account) return OF_ANOTHER;
    if (operation === 'book-status') {
      recordKnowledge(book, run);
      return { body: statusBody(book) };
    }
    if (book.status === 'DELETED') return NOT_FOUND;
    switch (operation) {
      case 'doc-form-data':
        return this.#ofDocument(book, 'forms', url.searchParams.get('doc_uuid'));
      case 'transactions':
        return this.#ofDocument(book, 'transactions', url.searchParams.get('uploaded_doc_uuid'));
      case 'doc-fraud-signals':
        return this.#documentSignals(book, url.pathname.split('/')[4] ?? '');
      case 'book-fraud-signals':
        return hasResultsOf(book) ? signalsOf(book, this.#analyses(book, book.documents)) : NOT_FOUND;
      default:
        return fact === undefined ? NOT_FOUND : this.#ofBook(book, operation, fact, url);
    }
  }

  #list(account: string, { searchParams }: URL): Said {
    const offset = Number(searchParams.get('offset'));
    const books = this.books.filter((book) => book.account === account);
    const listed = books.map(({ uuid, pk }) => ({ pk: Number(pk), book_uuid: uuid, name: uuid }));
    return { body: { status: 200, response: listed.slice(offset) } };
  }

  #ofDocument(book: LifeBook, kind: ResultKind, docUuid: string | null): Said {
    const document = book.documents.find((one) => idOf(one) === docUuid && one.uuid !== undefined);
    if (document === undefined || document.isMixed || !document.isListed) return NOT_FOUND;
    const fact = factOf(book, kind, idOf(document));
    if (fact.version === 0 || fact.readyAt > this.#clock.now()) return NOT_YET;
    if (isPermanent(fact)) return PERMANENT;
    return { body: { status: 200, response: {}, version: fact.version } };
  }

  #analyses(book: LifeBook, documents: readonly LifeDocument[]): ScriptedDocument[] {
    return documents.flatMap((document) => {
      const fact = factOf(book, 'signals', idOf(document));
      if (fact.version === 0 || document.isAbsentFromDetect || !document.isListed) return [];
      const status = fact.readyAt > this.#clock.now() ? 'PENDING' : 'COMPLETED';
      const uuid = idOf(document);
      return [{ uuid, status, uploaded_doc_uuid: uuid, detect_status: status, version: fact.version }];
    });
  }

  #documentSignals(book: LifeBook, docUuid: string): Said {
    const document = book.documents.find(({ uuid }) => uuid === docUuid);
    const analyses = document === undefined ? [] : this.#analyses(book, [document]);
    return analyses.length === 0 ? NOT_FOUND : signalsOf(book, analyses);
  }

  #ofBook(book: LifeBook, operation: string, fact: Fact, url: URL): Said {
    const kind = KIND_OF[operation];
    if (kind === undefined) return NOT_FOUND;
    const now = this.#clock.now();
    // Of documents without results, there is nothing but their classification.
    const exists = kind === 'classification' || hasResultsOf(book);
    if (fact.version === 0 || fact.readyAt > now || !exists) return NOT_YET;
    if (fact.jobMs !== undefined) {
      if (url.searchParams.get('async') !== 'true') return TOO_LARGE;
      const id = `job-${this.jobs.size}`;
      const { version, jobMs } = fact;
      const fails = isPermanent(fact);
      this.jobs.set(id, { kind, book, startedAt: now, doneAt: now + jobMs, version, fails });
      return { httpStatus: 202, body: { job_id: id, status: 'PENDING' } };
    }
    return isPermanent(fact) ? PERMANENT : bodyOf(kind, fact.version);
  }

  #job(id: string): Said {
    const job = this.jobs.get(id);
    const now = this.#clock.now();
    if (job === undefined || now - job.startedAt > JOB_LIVES_MS) return { httpStatus: 404, body: {} };
    if (now < job.doneAt) return { httpStatus: 202, body: { job_id: id, status: 'PENDING' } };
    if (job.fails) return { httpStatus: 422, body: { status: 'FAILED' } };
    return { body: { job_id: id, status: 'DONE', result_url: `https://s3.test/job/${id}` } };
  }

  #jobResult(id: string): Said {
    const job = this.jobs.get(id);
    return job === undefined ? NOT_FOUND : bodyOf(job.kind, job.version);
  }
}

function targetOf({ path, query }: Call): string {
  return query === undefined ? path : `${path}?${new URLSearchParams(query)}`;
}
