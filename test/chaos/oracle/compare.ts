import { createHash } from 'node:crypto';
import type { Mixed, Truth } from '../../../infra/local/ocrolus/index.ts';
import type { ResultItem } from '../../../shared/store/items.ts';
import type { MissingResult } from '../../../shared/store/reader.ts';
import type { Announced } from '../scripts/announcements.ts';
import { type Expectation, type ExpectedResult, expectationOf } from './expected.ts';
import type { Partition } from './partition.ts';
import { compareSignals } from './signals.ts';

export interface Compared {
  readonly differences: string[];
  /** What is not as Ocrolus has it, and was never promised: how often, by what. */
  readonly gaps: string[];
  readonly expectation: Expectation;
}

/** One book, as Ocrolus and as the table has it. */
export interface BothSides {
  readonly truth: Truth;
  readonly mixed: readonly Pick<Mixed, 'uuid' | 'status'>[];
  readonly announced: readonly Announced[];
  /** How often the book's documents have changed. */
  readonly changes: number;
  readonly stored: Partition;
  /** What the reader for downstream services says is missing. */
  readonly missing: readonly MissingResult[];
  /** The compressed body of a result. */
  readonly bodyOf: (result: ResultItem) => Promise<Buffer>;
}

/** By how much the clocks of Ocrolus and of the Lambdas may differ, together. */
const SKEW_MS = 5000;

/** Compares what the table has of a book with what Ocrolus has, as far as the policy wants it. */
export async function compareBook(sides: BothSides): Promise<Compared> {
  const { truth, stored, announced, changes, bodyOf } = sides;
  const expectation = expectationOf(truth, announced, changes);
  const comparison = new Comparison(sides, expectation);
  const wasNeverSeen = stored.book === undefined && stored.events.length === 0;
  if (truth.status === 'DELETED' && wasNeverSeen) {
    comparison.gaps.push('book deleted before it was announced or discovered');
    return comparison;
  }
  comparison.book();
  if (truth.status === 'DELETED') {
    comparison.deleted();
    return comparison;
  }
  for (const expected of expectation.results) comparison.result(expected);
  comparison.progress();
  comparison.checklist();
  comparison.differences.push(...(await compareSignals(truth, stored, { announced, changes }, bodyOf)));
  return comparison;
}

class Comparison implements Compared {
  readonly differences: string[] = [];
  readonly gaps: string[] = [];
  readonly expectation: Expectation;
  readonly #sides: BothSides;
  readonly #results: ReadonlyMap<string, ResultItem>;

  constructor(sides: BothSides, expectation: Expectation) {
    this.expectation = expectation;
    this.#sides = sides;
    this.#results = new Map(
      sides.stored.results.map((result) => [`${result.kind} ${result.subject}`, result]),
    );
  }

  book(): void {
    const { truth, mixed, stored } = this.#sides;
    const { book } = stored;
    for (const attribute of ['status', 'bookPk', 'name'] as const)
      this.#same(attribute, book?.[attribute], truth[attribute]);
    const counts = Object.entries(countBy([...truth.documents, ...mixed])).sort();
    this.#same(
      'documents',
      JSON.stringify(Object.entries(book?.documents ?? {}).sort()),
      JSON.stringify(counts),
    );
    const known = new Map(stored.documents.map((document) => [document.docUuid, document]));
    for (const { uuid, status, ...more } of [...truth.documents, ...mixed]) {
      this.#same(`status of document ${uuid}`, known.get(uuid)?.status, status);
      const rejection = 'rejectionReason' in more ? more.rejectionReason : undefined;
      this.#same(`rejection of document ${uuid}`, known.get(uuid)?.rejectionReason, rejection);
      known.delete(uuid);
    }
    for (const { docUuid, status } of known.values()) {
      if (status !== 'UNLISTED') this.differences.push(`document ${docUuid} is not in the book`);
    }
  }

  deleted(): void {
    const { book } = this.#sides.stored;
    for (const attribute of ['complete', 'completeAt', 'open', 'dueAt'] as const)
      this.#same(`${attribute} of a deleted book`, book?.[attribute], undefined);
  }

  result({ kind, subject, answer, because, isExact, lostChangeAt }: ExpectedResult): void {
    const found = this.#results.get(`${kind} ${subject}`);
    if (found === undefined) {
      this.differences.push(`no ${kind} of ${subject} (${because})`);
      return;
    }
    if (createHash('sha256').update(answer.body).digest('hex') !== found.sha256) {
      const isBefore = Date.parse(found.fetchedAt) < (lostChangeAt ?? 0) + SKEW_MS;
      if (isBefore) this.gaps.push(`${kind} is older than a change whose announcement was lost`);
      else if (isExact)
        this.differences.push(`${kind} of ${subject} is another (fetched ${found.fetchedAt}, ${because})`);
    }
    if (because !== 'always') return;
    const { book, documents } = this.#sides.stored;
    const isOfBook = !documents.some(({ docUuid }) => docUuid === subject);
    if (isOfBook && found.generation < (book?.generation ?? 0))
      this.differences.push(`${kind} has generation ${found.generation} of ${book?.generation}`);
    if (kind === 'enriched-transactions') this.#pages(found.set);
  }

  /** Every further page is of the set that the first page names, and as Ocrolus has it. */
  #pages(set: ResultItem['set']): void {
    const { bookUuid, results } = this.#sides.truth;
    const expected = results.filter(
      ({ kind, subject }) => kind === 'enriched-transactions' && subject !== bookUuid,
    );
    for (const { subject, body } of expected) {
      const offset = Number(subject.split('@')[1]);
      const own = `enriched-transactions ${bookUuid}@${set?.id}@${String(offset).padStart(7, '0')}`;
      const sha256 = createHash('sha256').update(body).digest('hex');
      if (this.#results.get(own)?.sha256 !== sha256)
        this.differences.push(`enriched-transactions from ${offset} are others than those of Ocrolus`);
    }
    const pages = [...this.#results.keys()].filter((key) =>
      key.startsWith(`enriched-transactions ${bookUuid}@`),
    );
    if (pages.length > expected.length) this.gaps.push('pages of an unfinished set are kept for a day');
  }

  /** How far Ocrolus's work has come, as the book shows it. */
  progress(): void {
    const { truth, stored } = this.#sides;
    if (truth.status !== 'VERIFIED') return;
    this.#same('capture', stored.book?.capture?.state, 'complete');
    const has = (kind: string) => this.expectation.results.some((expected) => expected.kind === kind);
    if (has('summary')) this.#same('analytics', stored.book?.analytics?.state, 'available');
    if (has('income')) this.#same('income', stored.book?.income?.state, 'available');
  }

  /** The book is complete if and only if nothing is missing; and only what Ocrolus does not have is missing. */
  checklist(): void {
    const { truth, stored, missing } = this.#sides;
    const { notYet, perhapsNotYet } = this.expectation;
    for (const { kind, subject, state, attempts, code } of missing) {
      if (!perhapsNotYet.has(kind))
        this.differences.push(`${kind} of ${subject} is ${state} (${code}, ${attempts}), and Ocrolus has it`);
    }
    const kinds = new Set(missing.map(({ kind }) => kind));
    for (const kind of notYet) {
      if (!kinds.has(kind)) this.differences.push(`${kind} is not at Ocrolus yet, and not missing here`);
    }
    const { book } = stored;
    this.#same('open', book?.open?.join(' '), [...kinds].sort().join(' '));
    this.#same('complete', book?.complete, truth.status === 'VERIFIED' && kinds.size === 0);
    this.#same('completeAt is there', book?.completeAt !== undefined, book?.complete === true);
  }

  #same(what: string, stored: unknown, truth: unknown): void {
    if (stored !== truth) this.differences.push(`${what} is ${stored}, should be ${truth}`);
  }
}

function countBy(documents: readonly { readonly status: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of documents) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
