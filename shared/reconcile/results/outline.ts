import * as z from 'zod';
import { Counted, type OutlineShape, outlineOf } from '../../json/outline.ts';
import type { Answer, Reply } from '../../ocrolus/client.ts';
import type { LargeBody } from '../../store/bodies/large-body.ts';

/** An answer with a result. A large body is not in memory; only the {@link RESULT_OUTLINE} of its JSON is known. */
export type ResultAnswer = Answer<Buffer | LargeBody>;

/** A {@link ResultAnswer}, or a refusal. */
export type ResultReply = Reply<Buffer | LargeBody>;

/**
 * Parts of an answer of more than 64 KB that are kept in memory. The whole is stored, but never parsed, so other
 * parts are missing from the summary of a large result.
 */
export const RESULT_OUTLINE: OutlineShape = {
  paths: [
    // Statuses of requests, and the summary of forms, classification, transactions, pay stubs and version 1 analytics.
    'response.*.analytics_status',
    'response.*.analytics.bank_accounts',
    'response.forms.*.form_type',
    'response.txns',
    'response.bank_accounts',
    'response.suspicious_activity_results.*.flags.*.suspicious_activity_detected',
    // Pages of enriched transactions.
    'total',
    'limit',
    'offset',
    'enriched_transactions',
    // Book summary and cash flow.
    'number_of_docs_processed',
    'bank_accounts',
    'num_of_months',
    // Detect.
    'book_uuid',
    'doc_analysis.*.uploaded_doc_uuid',
    'doc_analysis.*.detect_status',
    'doc_analysis.*.form_analysis.*.signals.*.visualization_uuid',
    'doc_analysis.*.form_analysis.*.visualizations.*.page_visualizations.*.image_url',
    'doc_analysis.*.form_analysis.*.form_authenticity.score',
    'doc_analysis.*.form_analysis.*.form_authenticity.authenticity_status',
    // All others.
    'middesk_response.status',
    'borrowers',
    'incomes',
    'income_summary_data',
    'bank_statement_income',
    'feature_importance',
    'images',
  ],
  // Unbounded lists that only the summary reads.
  details: ['response.forms', 'response.suspicious_activity_results', 'doc_analysis.*.form_analysis'],
  digest: 'enriched_transactions',
};

/** An array, or its outline. Only its length matters, and zod would copy each element. */
export const anyList = z.custom<{ readonly length: number }>(
  (value) => Array.isArray(value) || (value instanceof Counted && value.isArray),
);

/** JSON for the summary; of a large answer only if its outline is complete. */
export function summarizableJson({ body, json }: ResultAnswer): unknown {
  return body instanceof Uint8Array || body.outline.isPartial !== true ? json : undefined;
}

export function isLarge({ body }: ResultAnswer): boolean {
  return !(body instanceof Uint8Array);
}

/** Hash of the rows of a page, byte for byte. */
export function rowsDigest({ body }: ResultAnswer): string {
  const { digest } = body instanceof Uint8Array ? outlineOf(body, RESULT_OUTLINE) : body.outline;
  return digest ?? '';
}
