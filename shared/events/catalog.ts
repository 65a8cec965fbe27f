import type { Channel } from './channels.ts';

/** What an event is about: where its ids are to be found. */
export type Subject = 'book' | 'document' | 'mixed-document' | 'image-group' | 'account';

/** Kinds of result bodies that are kept (design section 7). */
export const RESULT_KINDS = [
  'forms',
  'transactions',
  'analytics',
  'summary',
  'cash-flow',
  'signals',
  'suspicious-activity',
  'business',
  'income',
  'classification',
] as const;

export type ResultKind = (typeof RESULT_KINDS)[number];

/** What comes to its end with an event, if anything does. */
export type Ends =
  | 'nothing'
  | 'upload'
  | 'classification'
  | 'document-capture'
  | 'book-capture'
  | 'image-group'
  | 'mixed-document'
  | 'analytics-request'
  | 'analytics'
  | 'business'
  | 'document-detect'
  | 'book-detect'
  | 'income'
  | 'comparison'
  | 'book';

export interface CatalogEntry {
  readonly channel: Channel;
  readonly subject: Subject;
  /** Where one can subscribe: account level (A), organization level (G), or only on the seed page. */
  readonly levels: readonly ('account' | 'organization' | 'seed')[];
  /** `documented`: Ocrolus names it. `observed`: seen in deliveries or the vendor's samples only. */
  readonly evidence: 'documented' | 'observed';
  readonly meaning: string;
  /** The results that this event makes available, and that its consumer stores. */
  readonly results: readonly ResultKind[];
  readonly ends: Ends;
  /** The event of the seed page that means the same. */
  readonly legacyTwin?: string;
}

const A = ['account'] as const;
const G = ['organization'] as const;
const AG = ['account', 'organization'] as const;
const SEED = ['seed'] as const;

const DOCUMENT_RESULTS = ['forms', 'transactions'] as const;
const ANALYTICS_RESULTS = ['summary', 'cash-flow', 'transactions'] as const;

/**
 * Every event name that Ocrolus is known to send, once. Queues, consumers, permissions, registration, the
 * simulator and the tests are derived from this table.
 *
 * Source: domain reference section 8.3 (names, meaning, what to fetch, what ends).
 */
export const CATALOG = {
  // The seed page ("Registering a webhook endpoint").
  BOOK_VERIFIED: {
    channel: 'book-verified',
    subject: 'book',
    levels: A,
    evidence: 'documented',
    meaning: 'Every document of the book is verified or rejected',
    results: DOCUMENT_RESULTS,
    ends: 'book-capture',
  },
  DOC_VERIFIED: {
    channel: 'doc-verified',
    subject: 'document',
    levels: A,
    evidence: 'documented',
    meaning: 'One document is verified or rejected: its status tells which',
    results: DOCUMENT_RESULTS,
    ends: 'document-capture',
  },
  IMAGE_GROUP_VERIFIED: {
    channel: 'image-group-verified',
    subject: 'image-group',
    levels: A,
    evidence: 'documented',
    meaning: 'An image group finished verification',
    results: DOCUMENT_RESULTS,
    ends: 'image-group',
  },
  ANALYTICS_COMPLETED: {
    channel: 'analytics-completed',
    subject: 'book',
    levels: A,
    evidence: 'documented',
    meaning: 'A v1 asynchronous analytics request is done',
    results: ['analytics'],
    ends: 'analytics-request',
  },
  MIDDESK_VERIFIED: {
    channel: 'middesk-verified',
    subject: 'book',
    levels: SEED,
    evidence: 'documented',
    meaning: 'Middesk results for a business are ready',
    results: ['business'],
    ends: 'business',
  },
  SUSPICIOUS_ACTIVITY: {
    channel: 'suspicious-activity',
    subject: 'book',
    levels: SEED,
    evidence: 'documented',
    meaning: 'Suspicious activity was found in the book (file tampering detection 1.0)',
    results: ['suspicious-activity'],
    ends: 'nothing',
  },
  'document.detect.signal_found': {
    channel: 'detect-signal-found',
    subject: 'document',
    levels: AG,
    evidence: 'documented',
    meaning: 'Detect found tampering signals in the document',
    results: ['signals'],
    ends: 'document-detect',
    legacyTwin: 'SUSPICIOUS_ACTIVITY',
  },
  'document.detect.signal_not_found': {
    channel: 'detect-signal-not-found',
    subject: 'document',
    levels: AG,
    evidence: 'documented',
    meaning: 'Detect found no tampering signals in the document',
    results: ['signals'],
    ends: 'document-detect',
  },
  'document.detect.unable_to_process': {
    channel: 'detect-unable-to-process',
    subject: 'document',
    levels: AG,
    evidence: 'documented',
    meaning: 'Detect could not run on the document; the reason is in the body',
    results: ['signals'],
    ends: 'document-detect',
  },

  // Documents.
  'document.upload_succeeded': {
    channel: 'lifecycle',
    subject: 'document',
    levels: AG,
    evidence: 'documented',
    meaning: 'An upload was accepted',
    results: [],
    ends: 'nothing',
  },
  'document.upload_failed': {
    channel: 'lifecycle',
    subject: 'document',
    levels: AG,
    evidence: 'documented',
    meaning: 'An upload was refused',
    results: [],
    ends: 'upload',
  },
  'document.classification_succeeded': {
    channel: 'classification',
    subject: 'document',
    levels: AG,
    evidence: 'documented',
    meaning: 'The document is classified',
    results: ['classification'],
    ends: 'classification',
  },
  'document.classification_failed': {
    channel: 'classification',
    subject: 'document',
    levels: AG,
    evidence: 'documented',
    meaning: 'The document could not be classified',
    results: ['classification'],
    ends: 'classification',
  },
  'document.verification_succeeded': {
    channel: 'doc-verified',
    subject: 'document',
    levels: G,
    evidence: 'observed',
    meaning: 'Capture of the document is done',
    results: DOCUMENT_RESULTS,
    ends: 'document-capture',
    legacyTwin: 'DOC_VERIFIED',
  },
  'document.verification_failed': {
    channel: 'doc-verified',
    subject: 'document',
    levels: G,
    evidence: 'observed',
    meaning: 'The document was rejected or failed',
    results: DOCUMENT_RESULTS,
    ends: 'document-capture',
    legacyTwin: 'DOC_VERIFIED',
  },
  'mixed_document.rejected': {
    channel: 'lifecycle',
    subject: 'mixed-document',
    levels: AG,
    evidence: 'documented',
    meaning: 'A PDF of several documents was rejected',
    results: [],
    ends: 'mixed-document',
  },

  // Books.
  'book.classified': {
    channel: 'classification',
    subject: 'book',
    levels: AG,
    evidence: 'documented',
    meaning: 'Every document of the book is classified',
    results: ['classification'],
    ends: 'classification',
  },
  'book.verified': {
    channel: 'book-verified',
    subject: 'book',
    levels: G,
    evidence: 'documented',
    meaning: 'Every document of the book is verified or rejected',
    results: DOCUMENT_RESULTS,
    ends: 'book-capture',
    legacyTwin: 'BOOK_VERIFIED',
  },
  'book.analytics_v2.generated': {
    channel: 'book-analytics',
    subject: 'book',
    levels: AG,
    evidence: 'documented',
    meaning: 'Version 2 analytics are ready',
    results: ANALYTICS_RESULTS,
    ends: 'analytics',
  },
  'book.analytics_v2.completed': {
    channel: 'book-analytics',
    subject: 'book',
    levels: [],
    evidence: 'observed',
    meaning: 'Version 2 analytics are ready (seen once, in no document)',
    results: ANALYTICS_RESULTS,
    ends: 'analytics',
  },
  'book.analytics_completed': {
    channel: 'analytics-completed',
    subject: 'book',
    levels: G,
    evidence: 'observed',
    meaning: 'An asynchronous analytics request is done',
    results: ['analytics'],
    ends: 'analytics-request',
    legacyTwin: 'ANALYTICS_COMPLETED',
  },
  'book.detect.signal_found': {
    channel: 'book-detect',
    subject: 'book',
    levels: AG,
    evidence: 'documented',
    meaning: 'At least one document of the book has tampering signals',
    results: ['signals'],
    ends: 'book-detect',
    legacyTwin: 'SUSPICIOUS_ACTIVITY',
  },
  'book.detect.signal_not_found': {
    channel: 'book-detect',
    subject: 'book',
    levels: AG,
    evidence: 'documented',
    meaning: 'No document of the book has tampering signals',
    results: ['signals'],
    ends: 'book-detect',
  },
  'book.income.generated': {
    channel: 'income',
    subject: 'book',
    levels: AG,
    evidence: 'documented',
    meaning: 'Income was calculated for the first time',
    results: ['income'],
    ends: 'income',
  },
  'book.income.updated': {
    channel: 'income',
    subject: 'book',
    levels: AG,
    evidence: 'documented',
    meaning: 'Income was edited; can repeat',
    results: ['income'],
    ends: 'nothing',
  },
  'book.pacing.discrepancies_found': {
    channel: 'book-analytics',
    subject: 'book',
    levels: G,
    evidence: 'observed',
    meaning: 'Plaid and statement transactions differ',
    results: ANALYTICS_RESULTS,
    ends: 'comparison',
  },
  'book.pacing.discrepancies_not_found': {
    channel: 'book-analytics',
    subject: 'book',
    levels: G,
    evidence: 'observed',
    meaning: 'Plaid and statement transactions agree',
    results: ANALYTICS_RESULTS,
    ends: 'comparison',
  },
  'book.completed': {
    channel: 'book-completed',
    subject: 'book',
    levels: AG,
    evidence: 'documented',
    meaning: 'Capture, Detect, income and analytics are finished, as far as its `tasks` name them',
    results: ['forms', 'transactions', 'summary', 'cash-flow', 'signals', 'income'],
    ends: 'book',
  },

  // Image groups and aggregators.
  'image_group.upload_succeeded': {
    channel: 'lifecycle',
    subject: 'image-group',
    levels: AG,
    evidence: 'documented',
    meaning: 'An image group was uploaded',
    results: [],
    ends: 'nothing',
  },
  'image_group.upload_failed': {
    channel: 'lifecycle',
    subject: 'image-group',
    levels: AG,
    evidence: 'documented',
    meaning: 'The upload of an image group failed',
    results: [],
    ends: 'upload',
  },
  'image_group.verification_succeeded': {
    channel: 'image-group-verified',
    subject: 'image-group',
    levels: G,
    evidence: 'observed',
    meaning: 'An image group is verified',
    results: DOCUMENT_RESULTS,
    ends: 'image-group',
    legacyTwin: 'IMAGE_GROUP_VERIFIED',
  },
  'image_group.verification_failed': {
    channel: 'image-group-verified',
    subject: 'image-group',
    levels: G,
    evidence: 'observed',
    meaning: 'An image group is rejected',
    results: DOCUMENT_RESULTS,
    ends: 'image-group',
    legacyTwin: 'IMAGE_GROUP_VERIFIED',
  },
  'plaid.upload_succeeded': {
    channel: 'lifecycle',
    subject: 'document',
    levels: AG,
    evidence: 'documented',
    meaning: 'Aggregator data was uploaded',
    results: [],
    ends: 'nothing',
  },
  'plaid.upload_failed': {
    channel: 'lifecycle',
    subject: 'book',
    levels: AG,
    evidence: 'documented',
    meaning: 'Aggregator data could not be pulled',
    results: [],
    ends: 'upload',
  },

  // Sharing and monitoring: the book may belong to another organization, so nothing is asked about it.
  'book.copy.request_received': {
    channel: 'lifecycle',
    subject: 'account',
    levels: G,
    evidence: 'documented',
    meaning: 'A book was shared with us',
    results: [],
    ends: 'nothing',
  },
  'book.copy.request_accepted': {
    channel: 'lifecycle',
    subject: 'account',
    levels: G,
    evidence: 'documented',
    meaning: 'A book that we shared was accepted',
    results: [],
    ends: 'nothing',
  },
  'book.copy.request_rejected': {
    channel: 'lifecycle',
    subject: 'account',
    levels: G,
    evidence: 'documented',
    meaning: 'A book that we shared was rejected',
    results: [],
    ends: 'nothing',
  },
  'book.copy.docs_added': {
    channel: 'lifecycle',
    subject: 'account',
    levels: G,
    evidence: 'observed',
    meaning: 'Documents were added to a shared book',
    results: [],
    ends: 'nothing',
  },
  'book.copy.kickout_evaluated': {
    channel: 'lifecycle',
    subject: 'account',
    levels: G,
    evidence: 'documented',
    meaning: 'The kick-out rules of a shared book were evaluated',
    results: [],
    ends: 'nothing',
  },
  'network.book.created': {
    channel: 'lifecycle',
    subject: 'account',
    levels: AG,
    evidence: 'documented',
    meaning: 'A monitored borrower applied somewhere (beta)',
    results: [],
    ends: 'nothing',
  },
  'network.book.funded': {
    channel: 'lifecycle',
    subject: 'account',
    levels: AG,
    evidence: 'documented',
    meaning: 'A monitored borrower was funded (beta)',
    results: [],
    ends: 'nothing',
  },
  'analytics.config_updated': {
    channel: 'lifecycle',
    subject: 'account',
    levels: G,
    evidence: 'observed',
    meaning: 'Analytics settings of the organization changed',
    results: [],
    ends: 'nothing',
  },
} as const satisfies Record<string, CatalogEntry>;

export type EventName = keyof typeof CATALOG;

export const EVENT_NAMES = Object.keys(CATALOG) as readonly EventName[];

/** The nine events of the seed page, each of which has a channel of its own. */
export const SEED_EVENT_NAMES = EVENT_NAMES.slice(0, 9);

const BY_LOWER_CASE = new Map<string, EventName>(EVENT_NAMES.map((name) => [name.toLowerCase(), name]));

/**
 * Finds the catalog's spelling of a name that Ocrolus sent. Blanks around it, letter case and the ` (BETA)`
 * that the vendor's enum carries do not matter (domain reference 8.1).
 *
 * @returns `undefined` for a name that the catalog does not know.
 */
export function findEventName(sent: string): EventName | undefined {
  return BY_LOWER_CASE.get(canonicalName(sent).toLowerCase());
}

/** The name without blanks around it and without ` (BETA)`; letter case is kept. */
export function canonicalName(sent: string): string {
  return sent.trim().replace(/\s*\(beta\)$/i, '');
}

export function catalogEntry(name: EventName): CatalogEntry {
  return CATALOG[name];
}
