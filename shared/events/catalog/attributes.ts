import {
  ANALYTICS_RESULTS,
  BOTH,
  CAPTURE_RESULTS,
  DETECT_RESULTS,
  DOCUMENT_RESULTS,
  INCOME_RESULTS,
  ORGANIZATION,
} from './entry.ts';

/*
 * Attributes that several events share.
 */

export const CAPTURE_OF_BOOK = {
  channel: 'book-verified',
  subject: 'book',
  meaning: 'Every document of the book is verified or rejected',
  results: CAPTURE_RESULTS,
  reopens: false,
  ends: 'book-capture',
} as const;
export const CAPTURE_OF_DOCUMENT = {
  channel: 'doc-verified',
  subject: 'document',
  results: DOCUMENT_RESULTS,
  ends: 'document-capture',
} as const;
export const CAPTURE_OF_IMAGE_GROUP = {
  channel: 'image-group-verified',
  subject: 'image-group',
  results: DOCUMENT_RESULTS,
  ends: 'image-group',
} as const;
export const ASYNCHRONOUS_ANALYTICS = {
  channel: 'analytics-completed',
  subject: 'book',
  results: ['analytics'],
  bookStatus: 'if-unknown',
  ends: 'analytics-request',
} as const;
export const DETECT_OF_DOCUMENT = {
  subject: 'document',
  levels: BOTH,
  results: DETECT_RESULTS,
  bookStatus: 'if-unknown',
  ends: 'document-detect',
} as const;
export const RESULTS_OF_BOOK = {
  channel: 'book-results',
  subject: 'book',
  levels: BOTH,
  bookStatus: 'if-unknown',
} as const;
export const ANALYTICS_OF_BOOK = {
  ...RESULTS_OF_BOOK,
  results: ANALYTICS_RESULTS,
  ends: 'analytics',
} as const;
export const DETECT_OF_BOOK = { ...RESULTS_OF_BOOK, results: DETECT_RESULTS, ends: 'book-detect' } as const;
export const INCOME_OF_BOOK = { ...RESULTS_OF_BOOK, results: INCOME_RESULTS, ends: 'income' } as const;
export const COMPARISON_OF_BOOK = { ...ANALYTICS_OF_BOOK, levels: ORGANIZATION, ends: 'comparison' } as const;
export const CLASSIFICATION = {
  channel: 'book-results',
  levels: BOTH,
  results: ['classification'],
  ends: 'classification',
} as const;
/** Events without results: the statuses of the book and its documents are compared. */
export const LIFECYCLE = { channel: 'lifecycle', levels: BOTH, results: [], ends: 'nothing' } as const;
export const UPLOAD_FAILED = { ...LIFECYCLE, ends: 'upload' } as const;
/** Events of sharing and monitoring: the book may belong to another organization, so nothing is asked about it. */
export const SHARING = {
  ...LIFECYCLE,
  subject: 'account',
  levels: ORGANIZATION,
  bookStatus: 'never',
} as const;
export const MONITORING = { ...SHARING, levels: BOTH } as const;
