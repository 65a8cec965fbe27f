import { catalogEntry, type EventName } from '../../../../shared/events/catalog.ts';
import { type Book, imageGroups } from '../state/book.ts';
import { integer } from '../state/json.ts';
import type { Moment } from '../state/moments.ts';
import { eventOf } from './events.ts';
import { documentIds, news } from './organization-events.ts';
import { OTHER_EVENTS, type OtherEventName, otherEvent } from './other-events.ts';
import type { WebhookEvent } from './webhook-event.ts';

/**
 * Any event of the catalog about a book as it is now: with the body that its life leads to where that has a name for it,
 * else with the book's ids and those of its first document. Shapes: `test/fixtures/events`.
 */
export function anyEvent(book: Book, eventName: EventName): WebhookEvent {
  if (isOther(eventName)) return { eventName, body: otherEvent(book, eventName) };
  const announced = momentsOf(book)
    .flatMap((moment) => [eventOf(moment, 'legacy', true), eventOf(moment, 'organization', true)])
    .find((event) => event?.eventName === eventName);
  return announced ?? plainEvent(book, eventName);
}

function isOther(name: EventName): name is EventName & OtherEventName {
  return Object.hasOwn(OTHER_EVENTS, name);
}

/** Everything that could be announced about the book, whether it has happened or not. */
function momentsOf(book: Book): Moment[] {
  const [document] = book.documents;
  const [imageGroup] = imageGroups(book);
  const [request] = book.analyticsRequests;
  const [business] = book.businesses;
  return [
    ...(document === undefined
      ? []
      : (['document-uploaded', 'document-classified', 'document-verified', 'document-detected'] as const).map(
          (kind) => ({ kind, book, document }),
        )),
    ...(imageGroup === undefined ? [] : [{ kind: 'image-group-verified', book, imageGroup } as const]),
    ...(request === undefined ? [] : [{ kind: 'analytics-completed', book, request } as const]),
    ...(business === undefined ? [] : [{ kind: 'business-verified', book, business } as const]),
    ...(
      [
        'book-classified',
        'book-verified',
        'analytics-generated',
        'suspicious-activity',
        'book-detected',
        'income-calculated',
        'book-completed',
      ] as const
    ).map((kind) => ({ kind, book })),
  ];
}

function plainEvent(book: Book, eventName: EventName): WebhookEvent {
  const [document] = book.documents;
  // Legacy events name themselves in `event` (docs/ocrolus.md#naming-key).
  if (/^[A-Z_]+$/.test(eventName)) {
    const ids = { book_pk: integer(book.pk), book_uuid: book.uuid };
    const about =
      catalogEntry(eventName).subject === 'document' && document !== undefined
        ? { uploaded_doc_pk: integer(document.pk), uploaded_doc_uuid: document.uuid }
        : {};
    return { eventName, body: { event: eventName, status: 'COMPLETED', ...ids, ...about } };
  }
  return news(eventName, book, catalogEntry(eventName).meaning, document && documentIds(document));
}
