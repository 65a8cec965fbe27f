import { eventOf, type Moment } from '../../../infra/local/ocrolus/model/events.ts';
import { integer } from '../../../infra/local/ocrolus/model/reply.ts';
import type { BookScript } from './life/script.ts';

/*
 * Spellings of events: the ids are now and then only the pk, only the uuid, a pk as text or a uuid without dashes, and any
 * of them may be missing (docs/ocrolus.md#event-fields; samples in test/fixtures/events).
 */

/** A body while it is spelled: what is undefined is left out. */
type Body = Record<string, unknown>;

/** Delivers what has happened, in this order. */
export function announce(script: BookScript, moments: readonly Moment[]): void {
  for (const moment of moments) {
    const event = eventOf(moment, script.book.account.habits.vocabulary);
    if (event === undefined) continue;
    const body: Body = { ...event.body };
    spell(script, moment, body);
    if (moment.kind !== 'document-detected') spellIds(script, body);
    deliver(script, body, subjectOf(moment));
  }
}

/** More than fits into a message. */
const PADDING = 'x'.repeat(130_000);

/** @param subject what it is about, where that is not the book. */
export function deliver({ context, book, random, shares }: BookScript, body: Body, subject?: string): void {
  if (random.chance(shares.padded)) body.padding = PADDING;
  context.deliver({
    account: book.account.name,
    eventName: String(body.event_name ?? body.event),
    body: JSON.stringify(body),
    bookUuid: book.uuid,
    ...(subject !== undefined && { subject }),
    at: context.model.now(),
  });
}

function subjectOf(moment: Moment): string | undefined {
  if ('document' in moment) return moment.document.uuid;
  if ('mixed' in moment) return moment.mixed.uuid;
  if ('imageGroup' in moment) return moment.imageGroup.uuid;
  if ('request' in moment) return moment.request.id;
  return 'business' in moment ? moment.business.uuid : undefined;
}

/** A book with more has no `uploaded_docs` when it is classified. */
const MOST_CLASSIFIED = 100;

/** Members that only some events have. */
function spell(script: BookScript, moment: Moment, body: Body): void {
  const { random, book } = script;
  switch (moment.kind) {
    case 'document-ended':
      if (body.event !== undefined) {
        if (random.chance(0.1)) body.uploaded_doc_uuid = undefined;
      } else if (body.severity === 'LOW' && random.chance(0.3)) {
        // The short shape has no status, and one id for both (test/fixtures/events/_variants).
        body.status = undefined;
        body.doc_uuid = body.uploaded_doc_uuid;
        body.mixed_uploaded_doc_pk = undefined;
        body.mixed_uploaded_doc_uuid = undefined;
      }
      return;
    case 'book-classified':
      if (book.documents.length > MOST_CLASSIFIED) body.uploaded_docs = undefined;
      return;
    case 'analytics-generated':
      if (random.chance(0.05)) body.event_name = 'book.analytics_v2.completed';
      return;
    case 'analytics-completed':
      if (!random.chance(0.7)) body.analytics_request_id = undefined;
      return;
    case 'business-verified':
      if (!random.chance(0.9)) body.business_uuid = undefined;
      return;
    case 'document-detected':
      body.status = moment.document.status;
      body.doc_uuid = moment.document.docUuid;
      keepIds(body, idsOfDetect(random.next()));
  }
}

const DETECT_IDS = ['book_pk', 'book_uuid', 'book_name', 'uploaded_doc_pk', 'uploaded_doc_uuid'];

/** All but the `doc_uuid`; or without the book, with nothing but the `doc_uuid`, or with pks only. */
function idsOfDetect(dice: number): readonly string[] {
  if (dice < 0.05) return ['doc_uuid'];
  if (dice < 0.1) return ['uploaded_doc_pk', 'uploaded_doc_uuid'];
  if (dice < 0.15) return ['book_uuid', 'doc_uuid'];
  return dice < 0.18 ? ['book_pk', 'uploaded_doc_pk'] : DETECT_IDS;
}

function keepIds(body: Body, kept: readonly string[]): void {
  for (const key of [...DETECT_IDS, 'doc_uuid']) if (!kept.includes(key)) body[key] = undefined;
  if (kept !== DETECT_IDS) body.uploaded_doc_name = undefined;
}

/** The ids of the book; and in one of twenty legacy bodies the name under `event_name`, as the account-level list allows. */
export function spellIds({ random, book }: BookScript, body: Body): void {
  body.book_pk = integer(book.pk);
  body.book_uuid = book.uuid;
  const isLegacy = body.event !== undefined;
  if (isLegacy && random.chance(0.05)) {
    body.event_name = body.event;
    body.event = undefined;
  }
  const dice = random.next();
  if (dice < (isLegacy ? 0.1 : 0.04)) body.book_uuid = undefined;
  else if (dice < (isLegacy ? 0.15 : 0.12)) body.book_pk = undefined;
  else if (isLegacy && dice < 0.18) {
    body.book_pk = book.pk;
    body.book_uuid = book.uuid.replaceAll('-', '');
  }
}
