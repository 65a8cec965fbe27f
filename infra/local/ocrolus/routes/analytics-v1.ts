import { normalisePk, normaliseUuid } from '../../../../shared/events/read-ids.ts';
import { analyticsV1 } from '../bodies/analytics/version-1.ts';
import { Refusal, type Reply, v1, v1Error, v2Error } from '../http/reply.ts';
import { jsonFields } from '../http/request.ts';
import type { Call, Route } from '../http/router.ts';
import { type AnalyticsRequest, type Book, statements } from '../state/book.ts';
import type { Organization } from '../state/organization.ts';
import { bookInQuery, requireAllFinished, V1 } from './find.ts';

const DAY_MS = 86_400_000;
/** Without the envelope of other v1 errors. */
const NO_STATEMENTS = v2Error(400, 9003, 'Analytics (JSON) can only process analytics for bank statements');

/** The deprecated analytics: at once, or by request and result. */
export const analyticsV1Routes: readonly Route[] = [
  { operation: 'analytics', method: 'GET', path: '/v1/book/summary', answer: summary },
  {
    operation: 'async-analytics-request',
    method: 'POST',
    path: '/v1/book/analytics/async/request',
    answer: request,
  },
  {
    operation: 'async-analytics-result',
    method: 'GET',
    path: '/v1/book/analytics/async/result',
    answer: result,
  },
];

/** Registers a request of an API client, or of a user of the Dashboard. */
export function requestAnalytics(organization: Organization, book: Book): AnalyticsRequest {
  const { ids, options } = organization;
  const made = { id: ids.uuid(), requestedAt: options.now(), completed: false };
  book.analyticsRequests.push(made);
  organization.save(book);
  return made;
}

/** Computed on demand: it does not wait for the v2 analytics. */
function summary(call: Call): Reply {
  const book = bookInQuery(call);
  requireAllFinished(book);
  if (statements(book).length === 0) throw new Refusal(NO_STATEMENTS);
  return v1(analyticsV1(book));
}

function request({ body, organization }: Call): Reply {
  const fields = jsonFields(body);
  const pk = normalisePk(fields.pk);
  const uuid = normaliseUuid(fields.book_uuid);
  if (pk === undefined && uuid === undefined) throw new Refusal(v1Error(1103, 'Required pk'));
  const book = pk === undefined ? organization.books.byUuid(uuid ?? '') : organization.books.byPk(pk);
  if (book === undefined || book.status === 'DELETED') throw new Refusal(V1.notFound);
  if (book.forbidden) throw new Refusal(V1.forbidden);
  if (book.status === 'VERIFIED' && statements(book).length === 0) throw new Refusal(NO_STATEMENTS);
  return v1({ analytics_request_id: requestAnalytics(organization, book).id });
}

/** Keyed by the request id. How long a result stays is not stated; we take the 24 hours of v2 jobs. */
function result({ query, organization }: Call): Reply {
  const id = query.get('analytics_request_id');
  if (id === null) throw new Refusal(v1Error(1103, 'Required parameter not found'));
  for (const book of organization.books.all) {
    const found = book.analyticsRequests.find((made) => made.id === normaliseUuid(id));
    if (found === undefined) continue;
    if (organization.options.now() - found.requestedAt >= DAY_MS) return keyed(found, 'EXPIRED', null);
    return found.completed ? keyed(found, 'COMPLETED', analyticsV1(book)) : keyed(found, 'PROCESSING', null);
  }
  throw new Refusal(v1Error(2301, 'DB Object Not Found'));
}

function keyed({ id }: AnalyticsRequest, status: string, analytics: unknown): Reply {
  return v1({ [id]: { analytics_status: status, analytics } });
}
