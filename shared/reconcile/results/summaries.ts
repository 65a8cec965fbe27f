import * as z from 'zod';
import type { ResultKind } from '../../events/result-kinds.ts';
import { Counted } from '../../json/outline.ts';
import { number, text } from '../../ocrolus/lenient-fields.ts';
import type { ResultItem } from '../../store/items.ts';
import { anyList } from './outline.ts';

type Summary = ResultItem['summary'];

/** Longer texts are left out: an item has 400 KB at most (AWS: DynamoDB quotas), and a summary must be short. */
const MAX_TEXT_LENGTH = 4096;

const list = anyList.optional().catch(undefined);

// Zod compiles a schema at its first use, so each is created once.
const Forms = z.looseObject({
  response: z.looseObject({ forms: z.array(z.looseObject({})).optional().catch(undefined) }),
});
const Transactions = z.looseObject({ response: z.looseObject({ txns: list }) });
const PayStubs = z.looseObject({ response: list });
const EnrichedTransactions = z.looseObject({ enriched_transactions: list });
const Accounts = z.looseObject({ bank_accounts: z.unknown().optional() });
const Analytics = z.looseObject({ response: Accounts });
/** Result of an asynchronous request, keyed by the request's id (docs/ocrolus.md#version-1-analytics). */
const AnalyticsOfRequest = z.looseObject({
  response: z.record(z.string(), z.looseObject({ analytics: Accounts })),
});
const BookSummary = z.looseObject({
  number_of_docs_processed: number,
  bank_accounts: z.unknown().optional(),
});
const CashFlow = z.looseObject({ num_of_months: number });
const Flags = z.looseObject({ suspicious_activity_detected: z.boolean().optional().catch(undefined) });
const SuspiciousActivity = z.looseObject({
  response: z.looseObject({
    suspicious_activity_results: z.array(
      z.looseObject({ flags: z.array(Flags).optional().catch(undefined) }),
    ),
  }),
});
const Business = z.looseObject({ middesk_response: z.looseObject({ status: text }) });
const BankStatementIncome = z.looseObject({ bank_statement_income: list });
const RiskScore = z.looseObject({ feature_importance: z.unknown().optional() });
const Income = z.looseObject({ incomes: list, borrowers: list, income_summary_data: list });

/** The list of images; an image itself has no summary. */
const Visualizations = z.looseObject({ images: list });

/**
 * Summarizes a result for readers without its body: counts and statuses, never a name, an amount or an account
 * number. Facts that are missing or have another shape are left out.
 */
export function summarize(kind: ResultKind, json: unknown): Summary {
  return pick(SUMMARIZERS[kind](json));
}

const SUMMARIZERS: Record<ResultKind, (json: unknown) => Record<string, string | number | undefined>> = {
  forms: (json) => {
    const forms = read(Forms, json)?.response.forms;
    const types = new Set(forms?.map((form) => form.form_type).filter((type) => typeof type === 'string'));
    const formTypes = [...types].sort().join(' ');
    const isShort = formTypes !== '' && formTypes.length <= MAX_TEXT_LENGTH;
    return { forms: forms?.length, formTypes: isShort ? formTypes : undefined };
  },
  transactions: (json) => ({ transactions: read(Transactions, json)?.response.txns?.length }),
  paystubs: (json) => ({ payStubs: read(PayStubs, json)?.response?.length }),
  'enriched-transactions': (json) => ({
    transactions: read(EnrichedTransactions, json)?.enriched_transactions?.length,
  }),
  analytics: (json) => {
    const [ofRequest] = Object.values(read(AnalyticsOfRequest, json)?.response ?? {});
    const analytics = ofRequest?.analytics ?? read(Analytics, json)?.response;
    return { bankAccounts: size(analytics?.bank_accounts) };
  },
  summary: (json) => {
    const body = read(BookSummary, json);
    return { documents: body?.number_of_docs_processed, bankAccounts: size(body?.bank_accounts) };
  },
  'cash-flow': (json) => ({ months: read(CashFlow, json)?.num_of_months }),
  signals: (json) => summarizeSignals(json),
  'suspicious-activity': (json) => {
    const results = read(SuspiciousActivity, json)?.response.suspicious_activity_results;
    const flags = results?.flatMap((result) => result.flags ?? []);
    return {
      flags: flags?.length,
      detected: flags?.filter((flag) => flag.suspicious_activity_detected === true).length,
    };
  },
  business: (json) => ({ status: read(Business, json)?.middesk_response.status }),
  'business-history': () => ({}),
  income: (json) => {
    const body = read(Income, json);
    return {
      borrowers: (body?.borrowers ?? body?.income_summary_data)?.length,
      incomes: body?.incomes?.length,
    };
  },
  'bank-statement-income': (json) => ({
    bankAccounts: read(BankStatementIncome, json)?.bank_statement_income?.length,
  }),
  'risk-score': (json) => ({ features: size(read(RiskScore, json)?.feature_importance) }),
  workbook: () => ({}),
  original: () => ({}),
  visualizations: (json) => ({ images: read(Visualizations, json)?.images?.length }),
  classification: (json) => ({ forms: read(Forms, json)?.response.forms?.length }),
};

const Form = z.looseObject({
  signals: list,
  form_authenticity: z.looseObject({ score: number, authenticity_status: text }).optional().catch(undefined),
});
const Signals = z.looseObject({
  doc_analysis: z.array(
    z.looseObject({ detect_status: text, form_analysis: z.array(Form).optional().catch(undefined) }),
  ),
});

/** Authenticity statuses, the worst first (docs/ocrolus.md#signals). */
const AUTHENTICITY = ['VERY LOW', 'VERY_LOW', 'LOW', 'MEDIUM', 'HIGH'];

/** Summarizes signals. Scores run from 0 to 100, and low means suspicious (docs/ocrolus.md#signals). */
function summarizeSignals(json: unknown) {
  const documents = read(Signals, json)?.doc_analysis;
  const forms = documents?.flatMap((document) => document.form_analysis ?? []);
  const scores = forms?.flatMap((form) => form.form_authenticity?.score ?? []) ?? [];
  const statuses = new Set(forms?.map((form) => form.form_authenticity?.authenticity_status?.toUpperCase()));
  return {
    documents: documents?.length,
    signals: forms?.reduce((sum, form) => sum + (form.signals?.length ?? 0), 0),
    lowestScore: scores.length > 0 ? Math.min(...scores) : undefined,
    lowestAuthenticity: AUTHENTICITY.find((status) => statuses.has(status)),
  };
}

function read<S extends z.ZodType>(schema: S, json: unknown): z.output<S> | undefined {
  return schema.safeParse(json).data;
}

/** Number of elements of a list, which Ocrolus may send as an object keyed by pk (docs/ocrolus.md#book-info). */
function size(collection: unknown): number | undefined {
  if (Array.isArray(collection) || collection instanceof Counted) return collection.length;
  return typeof collection === 'object' && collection !== null ? Object.keys(collection).length : undefined;
}

function pick(facts: Record<string, string | number | undefined>): Summary {
  return Object.fromEntries(
    Object.entries(facts).filter((fact): fact is [string, string | number] => fact[1] !== undefined),
  );
}
