import type { Book, Document } from '../../../infra/local/ocrolus/model/book.ts';
import type { BookScript } from './script.ts';

/*
 * Bodies of events in both envelopes (docs/ocrolus.md#event-fields; samples in test/fixtures/events). Ids are now and
 * then only the pk, only the uuid, a pk as text or a uuid without dashes: any of them may be missing.
 */

interface Announcement {
  readonly eventName: string;
  /** What it is about, where that is not the book. */
  readonly subject?: string | undefined;
}

/** Delivers an announcement. */
export function deliver(
  { context, book, random, shares }: BookScript,
  { eventName, body, subject }: Announcement & { readonly body: string },
): void {
  context.deliver({
    account: book.account.name,
    eventName,
    body: random.chance(shares.padded) ? padded(body) : body,
    bookUuid: book.uuid,
    ...(subject !== undefined && { subject }),
    at: context.model.now(),
  });
}

/** More than fits into a message. */
const PADDING = `,"padding":"${'x'.repeat(130_000)}"}`;

function padded(body: string): string {
  return body.slice(0, -1) + PADDING;
}

interface OrganizationEvent extends Announcement {
  readonly reason: string;
  /** Further fields, each with a leading comma. */
  readonly more?: string;
  readonly kind?: 'LOW' | 'MODERATE' | 'ISSUE';
}

/** The current envelope. */
export function organizationEvent(script: BookScript, event: OrganizationEvent): void {
  const { eventName, reason, more = '', subject, kind = 'LOW' } = event;
  const isIssue = kind === 'ISSUE';
  const body = `{"event_name":"${eventName}","severity":"${isIssue ? 'HIGH' : kind}","notification_type":"${isIssue ? 'ISSUE' : 'STATUS'}","notification_reason":"${reason}",${organizationIds(script)}${more}}`;
  deliver(script, { eventName, body, subject });
}

function organizationIds({ random, book: { pk, uuid } }: BookScript): string {
  const dice = random.next();
  if (dice < 0.04) return `"book_pk":${pk}`;
  if (dice < 0.12) return `"book_uuid":"${uuid}"`;
  return `"book_pk":${pk},"book_uuid":"${uuid}"`;
}

interface LegacyEvent extends Announcement {
  readonly status: string;
  /** Further fields, each with a leading comma. */
  readonly more?: string;
}

/** The legacy envelope; one in twenty has the name under `event_name`, as the account-level list allows. */
export function legacyEvent(script: BookScript, event: LegacyEvent): void {
  const { eventName, status, more = '', subject } = event;
  const key = script.random.chance(0.05) ? 'event_name' : 'event';
  const body = `{"${key}":"${eventName}","status":"${status}",${legacyIds(script)}${more}}`;
  deliver(script, { eventName, body, subject });
}

function legacyIds({ random, book: { pk, uuid } }: BookScript): string {
  const dice = random.next();
  if (dice < 0.1) return `"book_pk":${pk}`;
  if (dice < 0.15) return `"book_uuid":"${uuid}"`;
  if (dice < 0.18) return `"book_pk":"${pk}","book_uuid":"${uuid.replaceAll('-', '')}"`;
  return `"book_pk":${pk},"book_uuid":"${uuid}"`;
}

export function uploadIds({ pk, uuid, mixed, docUuid }: Document): string {
  const { pk: mixedPk = 'null', uuid: mixedUuid } = mixed ?? {};
  const mixedText = mixedUuid === undefined ? 'null' : `"${mixedUuid}"`;
  return `,"doc_uuid":"${docUuid}","uploaded_doc_pk":${pk},"uploaded_doc_uuid":"${uuid}","mixed_uploaded_doc_pk":${mixedPk},"mixed_uploaded_doc_uuid":${mixedText}`;
}

const DETECT_WORDS = {
  found: ['document.detect.signal_found', 'Detect signals found in document'],
  not_found: ['document.detect.signal_not_found', 'No detect signals found in document'],
  unable: ['document.detect.unable_to_process', 'Document could not be processed by Detect'],
} as const;

/**
 * The Detect event of a document, the same in all vocabularies: with all ids, without the book, with nothing but the
 * `doc_uuid`, or with pks only.
 */
export function detectEvent(script: BookScript, document: Document, word: keyof typeof DETECT_WORDS): void {
  const { book, uuid, docUuid, pk, status } = document;
  const [eventName, reason] = DETECT_WORDS[word];
  const dice = script.random.next();
  const bookIds = `"book_pk":${book.pk},"book_uuid":"${book.uuid}","book_name":"${book.name}"`;
  const upload = `"uploaded_doc_pk":${pk},"uploaded_doc_uuid":"${uuid}"`;
  let ids = `${bookIds},${upload}`;
  if (dice < 0.05) ids = `"doc_uuid":"${docUuid}"`;
  else if (dice < 0.1) ids = upload;
  else if (dice < 0.15) ids = `"book_uuid":"${book.uuid}","doc_uuid":"${docUuid}"`;
  else if (dice < 0.18) ids = `"book_pk":${book.pk},"uploaded_doc_pk":${pk}`;
  const body = `{"event_name":"${eventName}","status":"${status}",${ids},"notification_type":"STATUS","is_cloud_compliant":true,"notification_reason":"${reason}"}`;
  deliver(script, { eventName, body, subject: uuid });
}

/** `uploaded_docs` of book events. */
export function uploadedDocs(book: Book, statusOf: (document: Document) => string): string {
  const listed = book.documents.filter((document) => document.isListed);
  return `,"uploaded_docs":[${listed.map((document) => `{"uuid":"${document.uuid}","status":"${statusOf(document)}"}`).join(',')}]`;
}
