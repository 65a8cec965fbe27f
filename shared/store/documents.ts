import type { ObservedDocument } from '../events/envelope.ts';
import { DELETED, hasResults } from '../ocrolus/statuses.ts';
import type { WriteOutcome } from './books.ts';
import type { DocumentItem, Progress } from './items.ts';
import { DOCUMENT_PREFIX, documentItem } from './keys.ts';
import type { Condition, Table } from './table.ts';

export interface DocumentWrite {
  readonly bookId: string;
  readonly document: ObservedDocument;
  /** When the request that showed the document started. */
  readonly observedAt: string;
  readonly generation: number;
  /** Given when its forms and transactions have just been stored. */
  readonly capturedAt?: string;
}

/**
 * Writes down one document as Book status showed it. Only an observation that is not older wins, and
 * `DELETED` stays. A document that went back to work loses `capturedAt`. Idempotent.
 */
export async function writeDocument(table: Table, write: DocumentWrite): Promise<WriteOutcome> {
  const { bookId, document, observedAt, generation, capturedAt } = write;
  const result = await table.update(
    { bookId, item: documentItem(document.docUuid) },
    {
      set: {
        docUuid: document.docUuid,
        status: document.status,
        rejectionReason: document.rejectionReason,
        observedAt,
        generation,
        ...(document.docPk !== undefined && { docPk: document.docPk }),
        ...(document.name !== undefined && { name: document.name }),
        ...(document.pages !== undefined && { pages: document.pages }),
        ...(document.imageGroupPk !== undefined && { imageGroupPk: document.imageGroupPk }),
        ...(document.mixed === true && { mixed: true }),
        ...captured(document, capturedAt),
      },
      condition: notOlder(document, observedAt),
    },
  );
  if (!result.written) return 'stale';
  const { before } = result;
  return before?.status === document.status && before?.rejectionReason === document.rejectionReason
    ? 'unchanged'
    : 'applied';
}

/** `DELETED` stays, whatever is observed later. */
function notOlder(document: ObservedDocument, observedAt: string): Condition {
  const expression = '(attribute_not_exists(observedAt) OR observedAt <= :observed)';
  if (document.status === DELETED) return { expression, values: { ':observed': observedAt } };
  return {
    expression: `${expression} AND (attribute_not_exists(#status) OR #status <> :deleted)`,
    names: { '#status': 'status' },
    values: { ':observed': observedAt, ':deleted': DELETED },
  };
}

function captured(document: ObservedDocument, capturedAt: string | undefined) {
  if (capturedAt !== undefined) return { capturedAt };
  return hasResults(document.status) ? {} : { capturedAt: undefined };
}

/** Says what Detect made of a document; an older statement never replaces a newer one. */
export async function writeDocumentDetect(
  table: Table,
  bookId: string,
  docUuid: string,
  detect: Progress,
  generation: number,
): Promise<WriteOutcome> {
  const result = await table.update(
    { bookId, item: documentItem(docUuid) },
    {
      set: { detect },
      setOnce: { docUuid, generation },
      condition: {
        expression: 'attribute_not_exists(#detect) OR #detect.#at <= :at',
        names: { '#detect': 'detect', '#at': 'at' },
        values: { ':at': detect.at },
      },
    },
  );
  return result.written ? 'applied' : 'stale';
}

/** What of a stored document decides whether it needs writing or fetching. */
export type KnownDocument = Pick<
  DocumentItem,
  'docUuid' | 'status' | 'rejectionReason' | 'capturedAt' | 'detect'
>;

/** The stored documents of a book by uuid: one read for up to 2,000 of them. */
export async function readKnownDocuments(table: Table, bookId: string): Promise<Map<string, KnownDocument>> {
  const known = new Map<string, KnownDocument>();
  const items = table.query({
    KeyConditionExpression: 'bookId = :book AND begins_with(#item, :prefix)',
    ProjectionExpression: 'docUuid, #status, rejectionReason, capturedAt, #detect',
    ExpressionAttributeNames: { '#item': 'item', '#status': 'status', '#detect': 'detect' },
    ExpressionAttributeValues: { ':book': bookId, ':prefix': DOCUMENT_PREFIX },
    ConsistentRead: true,
  });
  for await (const item of items) known.set(String(item.docUuid), item as KnownDocument);
  return known;
}

/** The stored document needs no write. */
export function isKnownAs(known: KnownDocument | undefined, observed: ObservedDocument): boolean {
  return known?.status === observed.status && known.rejectionReason === observed.rejectionReason;
}

/** There are forms and transactions of it: a PDF that was split has none of its own. */
export function isCapturable({ status, mixed }: ObservedDocument): boolean {
  return hasResults(status) && mixed !== true;
}

/** Its forms and transactions are to be fetched. */
export function needsCapture(known: KnownDocument | undefined, observed: ObservedDocument): boolean {
  return isCapturable(observed) && known?.capturedAt === undefined;
}
