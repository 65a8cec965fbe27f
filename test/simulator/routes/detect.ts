import { detectBody, suspiciousActivityBody } from '../bodies/detect.ts';
import { json, messageOnly, Refusal, type Reply, v1 } from '../http/reply.ts';
import type { Call, Route } from '../http/router.ts';
import { bookInPath, DETECT, V1 } from './find.ts';

/** Detect: bare bodies; errors carry a message and nothing else. */
export const detectRoutes: readonly Route[] = [
  {
    operation: 'book-fraud-signals',
    method: 'GET',
    path: '/v2/detect/book/:book_uuid/signals',
    answer: bookSignals,
  },
  {
    operation: 'doc-fraud-signals',
    method: 'GET',
    path: '/v2/detect/uploaded_doc/:doc_uuid/signals',
    answer: documentSignals,
  },
  // Observed, in no document; it answers for both ids of a document.
  {
    operation: 'doc-fraud-signals',
    method: 'GET',
    path: '/v2/detect/document/:doc_uuid/signals',
    answer: documentSignals,
  },
  {
    operation: 'suspicious-activity-flags',
    method: 'GET',
    path: '/v1/book/:book_uuid/suspicious-activity-flags',
    answer: (call) => v1(suspiciousActivityBody(bookInPath(call, V1))),
  },
];

function bookSignals(call: Call): Reply {
  requireUuid(call.params.book_uuid, 'book uuid');
  const book = bookInPath(call, DETECT);
  return json(200, detectBody(book, book.documents, withDashboardUrl(call)));
}

function documentSignals(call: Call): Reply {
  const id = requireUuid(call.params.doc_uuid, 'doc uuid');
  const found = call.organization.books.document(id);
  const isAlias = call.path.startsWith('/v2/detect/document/');
  if (found === undefined || found.book.status === 'DELETED' || !(isAlias || found.document.uuid === id)) {
    throw new Refusal(messageOnly(404, 'Document not found'));
  }
  if (found.book.forbidden) throw new Refusal(DETECT.forbidden);
  return json(200, detectBody(found.book, [found.document], withDashboardUrl(call)));
}

function requireUuid(id = '', what: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw new Refusal(messageOnly(400, `Invalid ${what}: '${id}'`));
  }
  return id.toLowerCase();
}

function withDashboardUrl({ query }: Call): boolean {
  return query.get('exclude_dashboard_url') !== 'true';
}
