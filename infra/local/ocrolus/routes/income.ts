import { normaliseUuid } from '../../../../shared/events/read-ids.ts';
import { transactionCount } from '../bodies/analytics/common.ts';
import { bankStatementIncomeBody, incomeCalculationsBody, incomeSummaryBody } from '../bodies/income.ts';
import { ANALYTICS_PENDING, json, Refusal, type Reply, v2Error } from '../http/reply.ts';
import type { Call, Route } from '../http/router.ts';
import type { Book } from '../state/book.ts';
import { ANALYZE, bookInPath, type Family } from './find.ts';

const GUIDELINES = ['FANNIE_MAE', 'FREDDIE_MAC', 'FHA', 'VA', 'USDA'];
const MAX_TRANSACTIONS = 100_000;

const INCOME: Family = {
  notFound: json(404, { error: 'Book not found' }),
  forbidden: v2Error(403, 2102, 'No permission to access this book'),
};

/** Income: bare; 425/9004 until it is calculated. Of bank statements it is one of the analytics. */
export const incomeRoutes: readonly Route[] = [
  income('income-summary', 'income/summary', (call) => calculated(call, incomeSummaryBody)),
  income('income-calculations', 'income-calculations', (call) => calculated(call, incomeCalculationsBody)),
  income('bsic', 'income/bank-statement-v2', bankStatementIncome),
];

function income(operation: string, name: string, answer: (call: Call) => Reply): Route {
  return { operation, method: 'GET', path: `/v2/book/:book_uuid/${name}`, answer };
}

function calculated(call: Call, bodyOf: (book: Book) => unknown): Reply {
  if (!/^[0-9a-f-]{36}$/.test(normaliseUuid(call.params.book_uuid) ?? '')) {
    throw new Refusal(invalid('path_params', 'book_uuid', 'value is not a valid uuid', 'type_error.uuid'));
  }
  if (!GUIDELINES.includes(call.query.get('guideline') ?? 'FANNIE_MAE')) {
    const message = 'value is not a valid enumeration member';
    throw new Refusal(invalid('query_params', 'guideline', message, 'type_error.enum'));
  }
  const book = bookInPath(call, INCOME);
  if (book.incomeRevision === 0) throw new Refusal(ANALYTICS_PENDING);
  return json(200, bodyOf(book));
}

function bankStatementIncome(call: Call): Reply {
  const book = bookInPath(call, ANALYZE);
  if (book.incomeRevision === 0) throw new Refusal(ANALYTICS_PENDING);
  if (transactionCount(book) > MAX_TRANSACTIONS) {
    throw new Refusal(v2Error(400, 1100, 'Book summary cannot be generated for these many transactions'));
  }
  return json(200, bankStatementIncomeBody(book));
}

/** Where the fault is, and which. */
function invalid(where: 'path_params' | 'query_params', name: string, msg: string, type: string): Reply {
  return json(400, { validation_error: { [where]: [{ loc: [name], msg, type }] } });
}
