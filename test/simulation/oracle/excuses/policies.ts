import type { Kind } from '../../ocrolus/profile.ts';
import type { Policy, Stage } from '../../system/stage.ts';
import { CLASSIFY_ONLY, isDocumentKind } from '../vendor/results.ts';

/**
 * What a stage fetches that does not say otherwise: the README promises forms, transactions, pay stubs, signals and
 * version 2 analytics, and says what is fetched when its webhook arrives, and what is not fetched.
 */
const DEFAULTS: Readonly<Record<Kind, Policy>> = {
  forms: 'always',
  transactions: 'always',
  paystubs: 'always',
  summary: 'always',
  'cash-flow': 'always',
  'enriched-transactions': 'always',
  signals: 'always',
  'suspicious-activity': 'announced',
  income: 'announced',
  classification: 'announced',
  analytics: 'announced',
  business: 'announced',
  'risk-score': 'never',
  'bank-statement-income': 'never',
};

/** What a stage wants of a kind, of a book of this class. */
export function wantedOf(kind: Kind, bookClass: string, { results }: Stage): Policy {
  const policy = results[kind] ?? DEFAULTS[kind];
  if (policy === 'never') return 'never';
  // No call lists the requests and businesses of a book.
  if (kind === 'business') return 'announced';
  if (bookClass === CLASSIFY_ONLY && !isDocumentKind(kind))
    return kind === 'classification' ? 'always' : 'announced';
  // There is no memory of early events: what is wanted of a document is wanted of all (docs/design.md#policies).
  return isDocumentKind(kind) ? 'always' : policy;
}
