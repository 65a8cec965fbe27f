import type { Book } from '../../state/book.ts';
import { dollars, sumOf } from '../rows.ts';
import { FEATURES, isOfThreeMonths } from './categories.ts';
import { documentCounts } from './common.ts';
import { monthsOf } from './months.ts';

/** Cash flow features: three-month metrics are null, with a reason, while the statements cover less. */
export function cashFlowBody(book: Book): unknown {
  const months = monthsOf(book);
  const [first, last] = [months[0], months.at(-1)];
  const isShort = months.length < 3;
  const known: Readonly<Record<string, number>> = {
    credit_avg_1m: dollars(sumOf(last?.deposits ?? [])),
    debit_avg_1m: dollars(-sumOf(last?.withdrawals ?? [])),
    credit_avg_3m: dollars(Math.round(sumOf(months.slice(-3).flatMap(({ deposits }) => deposits)) / 3)),
  };
  const features: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const name of FEATURES) {
    const isUnknown = isShort && isOfThreeMonths(name);
    features[name] = isUnknown ? null : (known[name] ?? 0);
    if (isUnknown)
      errors[name] = `Error 100: calculating feature ${name} for book ${book.pk}: Not enough data`;
  }
  return {
    book_uuid: book.uuid,
    book_start_month: `${first?.month ?? ''}-01`,
    book_end_month: `${last?.month ?? ''}-01`,
    num_of_months: months.length,
    cash_flow_features: { ...features, error_messages: errors },
    ...documentCounts(book),
  };
}
