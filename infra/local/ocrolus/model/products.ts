import type { AnalyticsRequest, Book, Business, DetectState, Document } from './book.ts';
import type { Moment } from './events.ts';
import type { Model } from './model.ts';
import { isCaptured, renew, renewSignals } from './versions.ts';

/*
 * Results that Ocrolus computes after the capture of a book. Each function changes the book and returns the moments that
 * Ocrolus announces.
 */

export function analyticsReady(model: Model, book: Book): Moment[] {
  const { analytics } = book;
  const { mostRows = Number.POSITIVE_INFINITY } = model;
  const captured = book.documents.filter((document) => document.isListed && isCaptured(document));
  analytics.isReady = true;
  analytics.documents = captured.length;
  analytics.rows = captured.reduce((sum, { rows }) => sum + Math.min(rows, mostRows), 0);
  renew(model, analytics, book);
  return [{ kind: 'analytics-generated', book }];
}

/** Changes Detect's answers about a document. */
export function setDetect(model: Model, document: Document, state: DetectState): void {
  document.detectBefore = document.detect;
  document.detect = state;
  renewSignals(model, document);
}

export function endDetect(model: Model, document: Document): Moment[] {
  const { book, detectOutcome } = document;
  const isDone = detectOutcome === 'found' || detectOutcome === 'not_found' || detectOutcome === 'late';
  const failure = detectOutcome === 'unable' ? 'UNABLE_TO_PROCESS' : 'UNSUPPORTED';
  setDetect(model, document, isDone ? 'COMPLETED' : failure);
  return [{ kind: 'document-detected', book, document }];
}

export function flagSuspicious(model: Model, book: Book): Moment[] {
  renew(model, book.suspicious, book);
  return [{ kind: 'suspicious-activity', book }];
}

/** The first time it generates the income, later it updates it. */
export function calculateIncome(model: Model, book: Book): Moment[] {
  renew(model, book.income, book);
  return [{ kind: 'income-calculated', book }];
}

/** A Middesk look-up starts. */
export function startBusiness(model: Model, book: Book, uuid: string): Business {
  const business: Business = { uuid, status: 'pending', revision: 1, changedAt: model.now() };
  book.businesses.push(business);
  renew(model, book.businessHistory, book);
  return business;
}

export function decideBusiness(
  model: Model,
  book: Book,
  business: Business,
  status: Business['status'],
): Moment[] {
  business.status = status;
  renew(model, business, book);
  return [{ kind: 'business-verified', book, business }];
}

/** Ocrolus has done what the lender wants of the book. */
export function completeBook(book: Book, tasks: readonly string[]): Moment[] {
  book.isCompleted = true;
  return [{ kind: 'book-completed', book, tasks }];
}

/** The lender asks for version 1 analytics. */
export function requestAnalytics(model: Model, book: Book, id: string): AnalyticsRequest {
  const now = model.now();
  const request: AnalyticsRequest = { id, book, requestedAt: now, revision: 0, changedAt: now };
  book.requests.push(request);
  model.registry.requests.set(id, request);
  return request;
}

export function completeRequest(model: Model, request: AnalyticsRequest): Moment[] {
  const { book } = request;
  request.revision = Math.max(1, book.statements.revision);
  request.changedAt = model.now();
  return [{ kind: 'analytics-completed', book, request }];
}
