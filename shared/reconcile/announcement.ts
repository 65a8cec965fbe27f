import { isCaptured } from '../checklist/observation.ts';
import type { EventIds } from '../events/ids.ts';
import type { ObservedDocument } from '../events/observation.ts';
import type { ResultKind, Want } from '../events/result-kinds.ts';

/** Content of one delivery: the results that may be new, and nothing else. */
export interface Announcement {
  readonly deliveryId: string;
  /** Time at which the webhook received it, in ISO 8601. */
  readonly receivedAt: string;
  /** Number of times that SQS has delivered its message, from 1. */
  readonly receives: number;
  readonly ids: EventIds;
  /** Results of the book, of a request or of a business. */
  readonly wants: readonly Want[];
  /** Kinds of results of documents, and the documents that they belong to. `book`: all that have results. */
  readonly documentKinds: readonly ResultKind[];
  readonly documents: 'named' | 'image-group' | 'book' | 'none';
  /** True if the event summarizes others: stored results are not asked for again. */
  readonly isSummary: boolean;
  /** True if the event is about the status of the book or of a document, which Book status shows. */
  readonly isAboutStates: boolean;
  /** True if the event says that capture has ended. A later repetition means that a document was corrected in place. */
  readonly endsCapture: boolean;
  /** True if all of Ocrolus's work on the book is done. */
  readonly completesBook: boolean;
  /** Reason why Detect could not process the document. */
  readonly detectFailure?: string | undefined;
}

export type NamedDocument = Pick<
  ObservedDocument,
  'docUuid' | 'otherUuid' | 'docPk' | 'imageGroupPk' | 'status' | 'mixed'
>;

/**
 * The documents that an event names. A document is found by the uuid of the upload, which is Book status's own; else
 * by its second uuid, even if only an earlier event had both; else by pk (docs/ocrolus.md#document-ids). If a PDF
 * that was split is named, its part is meant. Book status has only the pk of an image group: by uuid alone, the
 * documents of every image group match.
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
