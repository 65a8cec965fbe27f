import { bookOf, type Match } from './model.ts';
import { spelling } from './refusals.ts';
import { available, partial, type Reply, v1 } from './reply.ts';

/* Answers of the smaller products: income, Middesk, suspicious activity. */

export const incomeSummary = (match: Match): Reply =>
  incomeAnswer(match, { income_summary_data: [{ borrower_name: 'NORA QUILLFEATHER' }] });

export const income = (match: Match): Reply =>
  incomeAnswer(match, { incomes: [{ income_type: 'WAGE_EARNER' }] });

export const bankStatementIncome = (match: Match): Reply =>
  incomeAnswer(match, { bank_statement_income: [] });

/** 425 until it is calculated. Where it never is, either 425 forever or a 404 without a code. */
function incomeAnswer(match: Match, content: object): Reply {
  const book = bookOf(match);
  const { refusals } = match.account;
  const { isExpected, revision } = book.income;
  if (revision > 0) return available({ book_uuid: book.uuid, ...content, simulated_revision: revision });
  if (!isExpected && book.hash % 3 === 0) return refusals.incomeNotFound;
  return spelling(isExpected ? refusals.notReady : refusals.neverReady, book.hash);
}

/** A Middesk look-up: bare; `pending` inside until Middesk is done. */
export function business(match: Match): Reply {
  const { account, id } = match;
  const book = bookOf(match);
  const found = book.businesses.find(({ uuid }) => uuid === id);
  if (found === undefined) return account.refusals.objectNotFound;
  const { uuid, status, revision } = found;
  const people = [{ object: 'person', name: 'Nora Quillfeather' }];
  const middesk_response = { object: 'business', name: 'Quillfeather Bakery', status, people };
  const body = { book_uuid: book.uuid, business_uuid: uuid, middesk_response, simulated_revision: revision };
  return status === 'pending' ? partial(body, 'notYet') : available(body);
}

/** Answered for every book, at first without a finding; `book_uuid` without dashes. */
export function suspiciousActivity(match: Match): Reply {
  const book = bookOf(match);
  const { revision } = book.suspicious;
  const flag = { suspicious_activity_detected: revision > 1, reason: 'FILE_TAMPERING' };
  const suspicious_activity_results = [{ form_type: { name: 'BANK_ACCOUNT' }, flags: [flag] }];
  const book_uuid = book.uuid.replaceAll('-', '');
  return available(v1({ book_uuid, suspicious_activity_results, simulated_revision: revision }));
}
