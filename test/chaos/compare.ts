import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { ResultKind } from '../../shared/events/catalog.ts';
import type { Channel } from '../../shared/events/channels.ts';
import type { Expectable } from '../../shared/events/poll-events.ts';
import type { ResultItem } from '../../shared/store/items.ts';
import type { Expected, ExpectedAnswer } from '../simulator/index.ts';
import type { Standing } from './claims.ts';
import type { Partition } from './snapshot.ts';

export interface Compared {
  readonly differences: string[];
  /** What is missing and was never promised: by kind. */
  readonly gaps: string[];
}

/**
 * Compares what the table has of a book with the truth.
 *
 * @param change how often the book's documents have changed.
 */
export function compareBook(
  truth: Expected,
  stored: Partition,
  claims: readonly Standing[],
  change: number,
): Compared {
  const isForgotten = truth.status === 'DELETED' && stored.book === undefined && stored.events.length === 0;
  if (isForgotten) return { differences: [], gaps: ['book deleted before anybody told of it'] };
  const comparison = new Comparison(truth, stored);
  comparison.book();
  if (truth.status === 'DELETED') return comparison;
  comparison.captured();
  if (truth.status === 'VERIFIED') {
    if (truth.analyticsReady) comparison.analytics();
    comparison.detected();
    comparison.told();
  }
  for (const claim of claims) comparison.claimed(claim, change);
  return comparison;
}

/** The vendor's call that a result is the answer of. */
const OPERATIONS: Partial<Record<ResultKind, string>> = {
  income: 'income-calculations',
  'suspicious-activity': 'suspicious-activity-flags',
  business: 'retrieve-business',
  analytics: 'async-analytics-result',
  signals: 'doc-fraud-signals',
};

/** The channels whose events say that a strand of a book is done. */
const STRANDS: Partial<Record<Channel, Expectable>> = {
  'analytics-completed': 'analytics',
  'book-analytics': 'analytics',
  'book-detect': 'detect',
  income: 'income',
};

const DETECT_STATES = { found: 'COMPLETED', not_found: 'COMPLETED', unable: 'UNABLE_TO_PROCESS' };

class Comparison implements Compared {
  readonly differences: string[] = [];
  readonly gaps: string[] = [];
  readonly #truth: Expected;
  readonly #stored: Partition;
  readonly #answers: Map<string, ExpectedAnswer>;
  readonly #results: Map<string, ResultItem>;

  constructor(truth: Expected, stored: Partition) {
    this.#truth = truth;
    this.#stored = stored;
    this.#results = new Map(stored.results.map((result) => [`${result.kind} ${result.subject}`, result]));
    this.#answers = new Map(truth.answers.map((answer) => [`${answer.operation} ${answer.subject}`, answer]));
  }

  book(): void {
    const { book, documents } = this.#stored;
    this.#same('status', book?.status, this.#truth.status);
    this.#same('bookPk', book?.bookPk, this.#truth.bookPk);
    const known = new Map(documents.map((document) => [document.docUuid, document]));
    for (const { uuid, status, rejectionReason } of this.#truth.documents) {
      this.#same(`status of document ${uuid}`, known.get(uuid)?.status, status);
      this.#same(`rejection of document ${uuid}`, known.get(uuid)?.rejectionReason, rejectionReason);
      known.delete(uuid);
    }
    for (const { docUuid, mixed } of known.values()) {
      if (mixed !== true) this.differences.push(`document ${docUuid} is not in the book`);
    }
  }

  /** Forms and transactions of every document that is finished. */
  captured(): void {
    for (const { uuid, status } of this.#truth.documents) {
      if (status !== 'VERIFICATION_COMPLETE') continue;
      this.#result('forms', uuid, 'doc-form-data');
      this.#result('transactions', uuid, 'transactions');
    }
    if (this.#truth.status === 'VERIFIED')
      this.#same('capture', this.#stored.book?.capture?.state, 'complete');
  }

  /** Those of version 2, unless the book got those of version 1: then nobody asks for more (decision 0005). */
  analytics(): void {
    const { bookUuid } = this.#truth;
    if (this.#stored.results.some(({ kind }) => kind === 'analytics')) {
      this.gaps.push('analytics of version 1');
      return;
    }
    this.#result('summary', bookUuid, 'Book-summary');
    this.#result('cash-flow', bookUuid, 'cash-flow-features');
    this.#result('transactions', bookUuid, 'enriched-transactions');
    const generation = this.#stored.book?.generation ?? 0;
    const summary = this.#find('summary', bookUuid);
    if (summary !== undefined && summary.generation < generation)
      this.differences.push(`summary has generation ${summary.generation} of ${generation}`);
  }

  /** Detect, once it is through with every document: in the document's own signals, or in the book's. */
  detected(): void {
    const { documents, bookUuid } = this.#truth;
    if (!documents.every(({ detect }) => detect !== 'pending')) return;
    const known = new Map(this.#stored.documents.map((document) => [document.docUuid, document]));
    const ofBook = this.#find('signals', bookUuid);
    const wholeBook = ofBook !== undefined && this.#isAnswer(ofBook, 'book-fraud-signals');
    const inBook = wholeBook ? undefined : analysesOf(ofBook);
    for (const { uuid, detect } of documents) {
      if (detect === 'pending') continue;
      this.#same(`Detect of document ${uuid}`, known.get(uuid)?.detect?.state, DETECT_STATES[detect]);
      const own = this.#find('signals', uuid);
      if (own !== undefined) this.#result('signals', uuid, 'doc-fraud-signals');
      else if (!wholeBook && inBook?.has(uuid) !== true)
        this.differences.push(`no signals of document ${uuid}`);
    }
  }

  /** A strand that an event told of is on the book, as long as Ocrolus has results of it. */
  told(): void {
    const { analyticsReady, documents, bookUuid } = this.#truth;
    const isReady: Record<Expectable, boolean> = {
      analytics: analyticsReady,
      detect: documents.every(({ detect }) => detect !== 'pending'),
      income: this.#answers.get(`income-calculations ${bookUuid}`)?.status === 200,
    };
    const strands = this.#stored.events.flatMap(({ channel }) => STRANDS[channel] ?? []);
    for (const strand of new Set(strands)) {
      if (isReady[strand] && this.#stored.book?.[strand] === undefined)
        this.differences.push(`nothing is said of ${strand}`);
    }
  }

  claimed({ kind, subject, isAccepted, wasAccepted, change: then }: Standing, now: number): void {
    const found = this.#find(kind, subject);
    if (found === undefined) {
      if (wasAccepted) this.differences.push(`${kind} ${subject} was announced, and is missing`);
      else this.gaps.push(`${kind} never announced`);
      return;
    }
    const operation = OPERATIONS[kind];
    if (operation === undefined) return;
    if (isAccepted && then === now) this.#result(kind, subject, operation);
    else if (!this.#isAnswer(found, operation)) this.gaps.push(`${kind} changed, never announced`);
  }

  #result(kind: ResultKind, subject: string, operation: string): void {
    const answer = this.#answers.get(`${operation} ${subject}`);
    if (answer === undefined || answer.status !== 200) return;
    const found = this.#find(kind, subject);
    if (found === undefined) this.differences.push(`no ${kind} of ${subject}`);
    else if (!this.#isAnswer(found, operation))
      this.differences.push(`${kind} of ${subject} is another (fetched ${found.fetchedAt})`);
  }

  #isAnswer(result: ResultItem, operation: string): boolean {
    const body = this.#answers.get(`${operation} ${result.subject}`)?.body;
    return body !== undefined && createHash('sha256').update(body).digest('hex') === result.sha256;
  }

  #find(kind: ResultKind, subject: string): ResultItem | undefined {
    return this.#results.get(`${kind} ${subject}`);
  }

  #same(what: string, stored: unknown, truth: unknown): void {
    if (stored !== truth) this.differences.push(`${what} is ${stored}, should be ${truth}`);
  }
}

const Signals = z.looseObject({ doc_analysis: z.array(z.looseObject({ uploaded_doc_uuid: z.string() })) });

/** A body in S3 is one of hundreds of documents: it is taken for complete. */
function analysesOf(result: ResultItem | undefined): { has(docUuid: string): boolean } {
  if (result?.body === undefined) return { has: () => result !== undefined };
  const parsed = Signals.safeParse(JSON.parse(gunzipSync(result.body).toString('utf8')));
  return new Set(parsed.data?.doc_analysis.map(({ uploaded_doc_uuid }) => uploaded_doc_uuid));
}
