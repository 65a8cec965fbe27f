import { isCaptured } from '../checklist/observation.ts';
import type { EventIds } from '../events/ids.ts';
import type { ObservedDocument } from '../events/observation.ts';
import type { ResultKind, Want } from '../events/result-kinds.ts';

/** What one delivery says: which results may be new, and nothing else. */
export interface Announcement {
  readonly deliveryId: string;
  /** ISO 8601: when the webhook received it. */
  readonly receivedAt: string;
  /** How often SQS has delivered its message, from 1. */
  readonly receives: number;
  readonly ids: EventIds;
  /** Results of the book, of a request or of a business. */
  readonly wants: readonly Want[];
  /** Kinds of results of documents, and of which documents. `book`: of all that have results. */
  readonly documentKinds: readonly ResultKind[];
  readonly documents: 'named' | 'image-group' | 'book' | 'none';
  /** It summarizes what other events have announced: results that are stored are not asked for again. */
  readonly isSummary: boolean;
  /** It is about the status of the book or of a document: Book status shows which. */
  readonly isAboutStates: boolean;
  /** Capture of the book has ended, it says: said again later, some document was corrected in place. */
  readonly endsCapture: boolean;
  /** All of Ocrolus's work on the book is done. */
  readonly completesBook: boolean;
  /** Why Detect could not process the document. */
  readonly detectFailure?: string | undefined;
}

export type NamedDocument = Pick<
  ObservedDocument,
  'docUuid' | 'otherUuid' | 'docPk' | 'imageGroupPk' | 'status' | 'mixed'
>;

/**
 * The documents that an event names. A document is named by the uuid of the upload first, which is Book status's own, then by
 * its other uuid, also if only an earlier event had both, then by pk (docs/ocrolus.md#document-ids). Of a PDF that was split, the
 * part is meant. Book status has only the pk of an image group: by its uuid alone, the documents of every image group match.
 */
export function documentsNamed<T extends NamedDocument>(
  { documents, ids }: Pick<Announcement, 'documents' | 'ids'>,
  listed: Iterable<T>,
): T[] {
  const all = [...listed];
  switch (documents) {
    case 'none':
      return [];
    case 'book':
      return all.filter(isCaptured);
    case 'image-group':
      return all.filter(({ imageGroupPk }) =>
        ids.imageGroupPk === undefined ? imageGroupPk !== undefined : imageGroupPk === ids.imageGroupPk,
      );
    case 'named': {
      const named = findDocument(all, ids);
      return named === undefined ? [] : [named];
    }
  }
}

export function findDocument<T extends NamedDocument>(all: readonly T[], ids: EventIds): T | undefined {
  const { uploadedDocUuid, docUuid, uploadedDocPk, mixedDocUuid } = ids;
  const isOnlyMixed = uploadedDocUuid === undefined && docUuid === undefined && uploadedDocPk === undefined;
  const isByPart = docUuid !== undefined && uploadedDocUuid === undefined;
  const upload = all.find((document) => document.docUuid === uploadedDocUuid);
  const part = all.find((document) => document.docUuid === docUuid);
  return (
    (upload?.mixed === true ? part : undefined) ??
    upload ??
    part ??
    (isByPart ? all.find(({ otherUuid }) => otherUuid === docUuid) : undefined) ??
    all.find((document) => uploadedDocPk !== undefined && document.docPk === uploadedDocPk) ??
    (isOnlyMixed ? all.find((document) => document.docUuid === mixedDocUuid) : undefined)
  );
}
