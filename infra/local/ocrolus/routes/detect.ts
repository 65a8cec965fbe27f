import { detectBody, suspiciousActivityBody, visualizationUuid } from '../bodies/detect.ts';
import { json, messageOnly, Refusal, type Reply, v1 } from '../http/reply.ts';
import type { Call, Route } from '../http/router.ts';
import { listedDocuments } from '../state/book.ts';
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
    operation: 'signal-visualization',
    method: 'GET',
    path: '/v2/detect/visualization/:visualization_uuid',
    answer: showVisualization,
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
  return json(200, detectBody(book, listedDocuments(book), withDashboardUrl(call)));
}

function documentSignals(call: Call): Reply {
  const id = requireUuid(call.params.doc_uuid, 'uploaded_doc uuid');
  const found = call.organization.books.document(id);
  const isAlias = call.path.startsWith('/v2/detect/document/');
  const isGone = found === undefined || found.book.status === 'DELETED' || found.document.unlisted;
  if (isGone || !(isAlias || found.document.uuid === id)) {
    throw new Refusal(messageOnly(404, `Uploaded doc not found: '${id}'`));
  }
  if (found.book.forbidden) throw new Refusal(DETECT.forbidden);
  return json(200, detectBody(found.book, [found.document], withDashboardUrl(call)));
}

/** A PNG of one pixel: what it shows is nobody's business. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function showVisualization({ params, organization }: Call): Reply {
  const id = requireUuid(params.visualization_uuid, 'visualization uuid');
  for (const book of organization.books.all) {
    const isHere = book.documents.some(
      (document) => document.detect === 'found' && visualizationUuid(document) === id,
    );
    if (!isHere) continue;
    if (book.forbidden) throw new Refusal(DETECT.forbidden);
    return { status: 200, contentType: 'image/png', body: PIXEL };
  }
  throw new Refusal(messageOnly(404, 'Visualization uuid not found'));
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
