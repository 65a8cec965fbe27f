import {
  ANALYTICS_OF_BOOK,
  ASYNCHRONOUS_ANALYTICS,
  CAPTURE_OF_BOOK,
  CAPTURE_OF_DOCUMENT,
  CAPTURE_OF_IMAGE_GROUP,
  CLASSIFICATION,
  COMPARISON_OF_BOOK,
  DETECT_OF_BOOK,
  DETECT_OF_DOCUMENT,
  INCOME_OF_BOOK,
  LIFECYCLE,
  MONITORING,
  RESULTS_OF_BOOK,
  SHARING,
  UPLOAD_FAILED,
} from './attributes.ts';
import {
  ACCOUNT,
  ANALYTICS_RESULTS,
  BOTH,
  CAPTURE_RESULTS,
  DETECT_RESULTS,
  type Entries,
  INCOME_RESULTS,
  ORGANIZATION,
  SEED_PAGE,
} from './entry.ts';

/** Events of the seed page ("Registering a webhook endpoint"), each with a channel of its own. */
export const SEED_EVENTS = {
  BOOK_VERIFIED: { ...CAPTURE_OF_BOOK, levels: ACCOUNT },
  DOC_VERIFIED: {
    ...CAPTURE_OF_DOCUMENT,
    levels: ACCOUNT,
    meaning: 'One document is verified or rejected: its status shows which',
  },
  IMAGE_GROUP_VERIFIED: {
    ...CAPTURE_OF_IMAGE_GROUP,
    levels: ACCOUNT,
    meaning: 'An image group finished verification',
  },
  ANALYTICS_COMPLETED: {
    ...ASYNCHRONOUS_ANALYTICS,
    levels: ACCOUNT,
    meaning: 'A v1 asynchronous analytics request is done',
  },
  MIDDESK_VERIFIED: {
    ...RESULTS_OF_BOOK,
    channel: 'middesk-verified',
    levels: SEED_PAGE,
    meaning: 'Middesk results for a business are ready',
    results: ['business'],
    ends: 'business',
  },
  SUSPICIOUS_ACTIVITY: {
    ...RESULTS_OF_BOOK,
    channel: 'suspicious-activity',
    levels: SEED_PAGE,
    meaning: 'Suspicious activity was found in the book (file tampering detection 1.0)',
    results: ['suspicious-activity'],
    ends: 'nothing',
  },
  'document.detect.signal_found': {
    ...DETECT_OF_DOCUMENT,
    channel: 'detect-signal-found',
    meaning: 'Detect found tampering signals in the document',
  },
  'document.detect.signal_not_found': {
    ...DETECT_OF_DOCUMENT,
    channel: 'detect-signal-not-found',
    meaning: 'Detect found no tampering signals in the document',
  },
  'document.detect.unable_to_process': {
    ...DETECT_OF_DOCUMENT,
    channel: 'detect-unable-to-process',
    meaning: 'Detect could not run on the document; the reason is in the body',
  },
} as const satisfies Entries;

/** All other events. */
export const OTHER_EVENTS = {
  'document.upload_succeeded': { ...LIFECYCLE, subject: 'document', meaning: 'An upload was accepted' },
  'document.upload_failed': {
    ...UPLOAD_FAILED,
    subject: 'document',
    meaning: 'An upload was refused',
    bookStatus: 'never',
  },
  'document.classification_succeeded': {
    ...CLASSIFICATION,
    subject: 'document',
    meaning: 'The document is classified',
  },
  'document.classification_failed': {
    ...CLASSIFICATION,
    subject: 'document',
    meaning: 'The document could not be classified',
  },
  'document.verification_succeeded': {
    ...CAPTURE_OF_DOCUMENT,
    levels: ORGANIZATION,
    meaning: 'Capture of the document is done',
  },
  'document.verification_failed': {
    ...CAPTURE_OF_DOCUMENT,
    levels: ORGANIZATION,
    meaning: 'The document was rejected or failed',
  },
  'mixed_document.rejected': {
    ...LIFECYCLE,
    subject: 'mixed-document',
    meaning: 'A PDF of several documents was rejected',
    ends: 'mixed-document',
  },
  'book.classified': {
    ...CLASSIFICATION,
    subject: 'book',
    meaning: 'Every document of the book is classified',
  },
  'book.verified': { ...CAPTURE_OF_BOOK, levels: ORGANIZATION },
  'book.analytics_v2.generated': { ...ANALYTICS_OF_BOOK, meaning: 'Version 2 analytics are ready' },
  'book.analytics_v2.completed': {
    ...ANALYTICS_OF_BOOK,
    levels: [],
    meaning: 'Version 2 analytics are ready (seen once, in no document)',
  },
  'book.analytics_completed': {
    ...ASYNCHRONOUS_ANALYTICS,
    levels: ORGANIZATION,
    meaning: 'An asynchronous analytics request is done',
  },
  'document.detect_succeeded': {
    ...DETECT_OF_DOCUMENT,
    channel: 'book-results',
    levels: [],
    meaning: 'Detect has processed the document (only in an example of the vendor)',
  },
  'document.detect_failed': {
    ...DETECT_OF_DOCUMENT,
    channel: 'book-results',
    levels: [],
    meaning: 'Detect could not process the document (only in an example of the vendor)',
  },
  'book.detect.signal_found': {
    ...DETECT_OF_BOOK,
    meaning: 'At least one document of the book has tampering signals',
  },
  'book.detect.signal_not_found': {
    ...DETECT_OF_BOOK,
    meaning: 'No document of the book has tampering signals',
  },
  'book.income.generated': { ...INCOME_OF_BOOK, meaning: 'Income was calculated for the first time' },
  'book.income.updated': { ...INCOME_OF_BOOK, meaning: 'Income was edited; can repeat', ends: 'nothing' },
  'book.pacing.discrepancies_found': {
    ...COMPARISON_OF_BOOK,
    meaning: 'Plaid and statement transactions differ',
  },
  'book.pacing.discrepancies_not_found': {
    ...COMPARISON_OF_BOOK,
    meaning: 'Plaid and statement transactions agree',
  },
  'book.completed': {
    channel: 'book-results',
    subject: 'book',
    levels: BOTH,
    meaning: 'Capture, Detect, income and analytics are finished, as far as its `tasks` name them',
    results: [...CAPTURE_RESULTS, ...ANALYTICS_RESULTS, ...DETECT_RESULTS, ...INCOME_RESULTS],
    reopens: false,
    ends: 'book',
  },
  'image_group.upload_succeeded': {
    ...LIFECYCLE,
    subject: 'image-group',
    meaning: 'An image group was uploaded',
  },
  'image_group.upload_failed': {
    ...UPLOAD_FAILED,
    subject: 'image-group',
    meaning: 'The upload of an image group failed',
  },
  'image_group.verification_succeeded': {
    ...CAPTURE_OF_IMAGE_GROUP,
    levels: ORGANIZATION,
    meaning: 'An image group is verified',
  },
  'image_group.verification_failed': {
    ...CAPTURE_OF_IMAGE_GROUP,
    levels: ORGANIZATION,
    meaning: 'An image group is rejected',
  },
  'plaid.upload_succeeded': { ...LIFECYCLE, subject: 'document', meaning: 'Aggregator data was uploaded' },
  'plaid.upload_failed': {
    ...UPLOAD_FAILED,
    subject: 'book',
    meaning: 'Aggregator data could not be pulled',
  },
  'book.copy.request_received': { ...SHARING, meaning: 'A book was shared with us' },
  'book.copy.request_accepted': { ...SHARING, meaning: 'A book that we shared was accepted' },
  'book.copy.request_rejected': { ...SHARING, meaning: 'A book that we shared was rejected' },
  'book.copy.docs_added': { ...SHARING, meaning: 'Documents were added to a shared book' },
  'book.copy.kickout_evaluated': {
    ...SHARING,
    meaning: 'The kick-out rules of a shared book were evaluated',
  },
  'network.book.created': {
    ...MONITORING,
    registeredAs: 'network.book.created (BETA)',
    meaning: 'A monitored borrower applied somewhere (beta)',
  },
  'network.book.funded': {
    ...MONITORING,
    registeredAs: 'network.book.funded (BETA)',
    meaning: 'A monitored borrower was funded (beta)',
  },
  'analytics.config_updated': { ...SHARING, meaning: 'Analytics settings of the organization changed' },
} as const satisfies Entries;
