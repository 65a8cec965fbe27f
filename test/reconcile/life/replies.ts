import type { ResultKind } from '../../../shared/events/catalog.ts';
import { error } from '../../consumers/testing/answers.ts';
import { FORBIDDEN } from '../testing/answers.ts';
import type { LifeBook } from './truth.ts';

/** An answer of Ocrolus. */
export interface Said {
  readonly httpStatus?: number;
  readonly body: unknown;
}

/** What Ocrolus answers instead, for a while. */
export interface Fault {
  /** `all`, an operation, or `book-status`. */
  readonly operation: string;
  readonly reply: keyof typeof FAULT_REPLIES;
  /** Unix milliseconds. */
  readonly until: number;
}

export const FAULT_REPLIES = {
  forbidden: FORBIDDEN,
  'not-found': error(404, 1501) as Said,
  'no-such-book': error(400, 1401) as Said,
  missing: { httpStatus: 404, body: { message: 'no' } },
  throttled: { httpStatus: 429, body: {} },
  'throttled-in-words': { httpStatus: 200, body: { status: 429, code: 1005 } },
  unavailable: { httpStatus: 503, body: {} },
  'too-early': error(425, 1404) as Said,
  'too-early-200': { httpStatus: 200, body: { status: 425, code: 9004 } },
  null: { httpStatus: 200, body: null },
  credentials: { httpStatus: 401, body: {} },
} as const satisfies Record<string, Said>;

export const NOT_YET = error(425, 9004) as Said;
export const NOT_FOUND = error(404, 1501) as Said;
export const NO_SUCH_BOOK = error(400, 1401) as Said;
export const OF_ANOTHER = error(403, 2102) as Said;
export const PERMANENT = error(404, 9003) as Said;
export const TOO_LARGE = error(422, 1100) as Said;

export function bodyOf(kind: ResultKind, version: number): Said {
  if (kind === 'enriched-transactions') return { body: { version, enriched_transactions: [] } };
  if (kind === 'paystubs') return { body: { status: 200, response: [], version } };
  return { body: { version, rows: [] } };
}

export function signalsOf(book: LifeBook, doc_analysis: readonly object[]): Said {
  return { body: { book_uuid: book.uuid, doc_analysis } };
}

/** The kind of a result of the book, by operation. */
export const KIND_OF: Readonly<Record<string, ResultKind>> = {
  'book-paystub-data': 'paystubs',
  'Book-summary': 'summary',
  'cash-flow-features': 'cash-flow',
  'enriched-transactions': 'enriched-transactions',
  'income-calculations': 'income',
  'income-summary': 'income',
  'suspicious-activity-flags': 'suspicious-activity',
  analytics: 'analytics',
  'classification-summary': 'classification',
};

export const OPERATIONS = [
  'book-status',
  'doc-form-data',
  'transactions',
  'doc-fraud-signals',
  'book-fraud-signals',
  'async-job-status',
  ...Object.keys(KIND_OF),
];

/** The operations of each kind that a contract may lack. */
export const OPERATIONS_OF: Readonly<Record<string, readonly string[]>> = {
  summary: ['Book-summary'],
  'enriched-transactions': ['enriched-transactions'],
  paystubs: ['book-paystub-data'],
  income: ['income-calculations', 'income-summary'],
};
