import type { Match } from './model-context.ts';
import { available, partial, type Reply } from './reply.ts';

/* Answers of the smaller products: income, Middesk, suspicious activity. */

export const incomeSummary = (match: Match): Reply =>
  income(match, '"income_summary_data":[{"borrower_name":"NORA QUILLFEATHER"}]');

export const incomeCalculations = (match: Match): Reply =>
  income(match, '"incomes":[{"income_type":"WAGE_EARNER"}]');

export const bankStatementIncome = (match: Match): Reply => income(match, '"bank_statement_income":[]');

/** 425 until it is calculated. Where it never is, either 425 forever or a 404 without a code. */
function income({ account, book }: Match, content: string): Reply {
  if (book === undefined) throw new Error('no book');
  const { refusals } = account;
  const { expected, revision } = book.income;
  if (revision > 0)
    return available(`{"book_uuid":"${book.uuid}",${content},"simulated_revision":${revision}}`);
  if (!expected && book.hash % 3 === 0) return refusals.incomeNotFound;
  return (expected ? refusals.notReady : refusals.neverReady)[book.hash % 2] ?? refusals.incomeNotFound;
}

/** A Middesk look-up: bare; `pending` inside until Middesk is done. */
export function business({ account, book, id }: Match): Reply {
  if (book === undefined) throw new Error('no book');
  const found = book.businesses.find(({ uuid }) => uuid === id);
  if (found === undefined) return account.refusals.objectNotFound;
  const { uuid, status, revision } = found;
  const body = `{"book_uuid":"${book.uuid}","business_uuid":"${uuid}","middesk_response":{"object":"business","name":"Quillfeather Bakery","status":"${status}","people":[{"object":"person","name":"Nora Quillfeather"}]},"simulated_revision":${revision}}`;
  return status === 'pending' ? partial(body, 'notYet') : available(body);
}

/** Answered for every book, at first without a finding; `book_uuid` without dashes. */
export function suspiciousActivity({ book }: Match): Reply {
  if (book === undefined) throw new Error('no book');
  const { revision } = book.suspicious;
  return available(
    `{"status":200,"response":{"book_uuid":"${book.uuid.replaceAll('-', '')}","suspicious_activity_results":[{"form_type":{"name":"BANK_ACCOUNT"},"flags":[{"suspicious_activity_detected":${revision > 1},"reason":"FILE_TAMPERING"}]}],"simulated_revision":${revision}},"message":"OK"}`,
  );
}
