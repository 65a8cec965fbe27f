import { bankStatementIncomeBody, incomeCalculationsBody, incomeSummaryBody } from '../bodies/income.ts';
import { json, Refusal, type Reply, v2Error } from '../http/reply.ts';
import type { Call, Route } from '../http/router.ts';
import type { Book } from '../state/book.ts';
import { bookInPath, type Family } from './find.ts';

const GUIDELINES = ['FANNIE_MAE', 'FREDDIE_MAC', 'FHA', 'VA', 'USDA'];

const INCOME: Family = {
  notFound: json(404, { error: 'Book not found' }),
  forbidden: v2Error(403, 2102, 'No permission to access this book'),
};

/** Income: bare; 425/9004 until it is calculated. */
export const incomeRoutes: readonly Route[] = [
  income('income-summary', 'income/summary', incomeSummaryBody),
  income('income-calculations', 'income-calculations', incomeCalculationsBody),
  income('bsic', 'income/bank-statement-v2', bankStatementIncomeBody),
];

function income(operation: string, name: string, bodyOf: (book: Book) => unknown): Route {
  return {
    operation,
    method: 'GET',
    path: `/v2/book/:book_uuid/${name}`,
    answer: (call) => calculated(call, bodyOf),
  };
}

function calculated(call: Call, bodyOf: (book: Book) => unknown): Reply {
  const guideline = call.query.get('guideline') ?? 'FANNIE_MAE';
  if (!GUIDELINES.includes(guideline)) {
    const fault = {
      loc: ['guideline'],
      msg: 'value is not a valid enumeration member',
      type: 'type_error.enum',
    };
    throw new Refusal(json(400, { validation_error: { query_params: [fault] } }));
  }
  const book = bookInPath(call, INCOME);
  if (book.incomeRevision === 0) {
    throw new Refusal(v2Error(425, 9004, 'Analytics are still being proce'));
  }
  return json(200, bodyOf(book));
}
