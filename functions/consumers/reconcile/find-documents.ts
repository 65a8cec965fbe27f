import { isCapturable } from '../../../shared/checklist/observation.ts';
import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
import type { EventIds } from '../../../shared/events/ids.ts';
import type { AnnouncedEvent } from './event.ts';

/**
 * Finds the document that an event names: by the uuid of the upload first, which is Book status's own, then by
 * its other uuid, then by pk (docs/ocrolus.md#document-ids).
 */
export function findDocument(observation: BookObservation, ids: EventIds): ObservedDocument | undefined {
  const by = (matches: (document: ObservedDocument) => boolean) => observation.documents.find(matches);
  const { uploadedDocUuid, docUuid, uploadedDocPk, mixedDocUuid } = ids;
  return (
    by((document) => document.docUuid === uploadedDocUuid) ??
    by((document) => document.docUuid === docUuid) ??
    by((document) => uploadedDocPk !== undefined && document.docPk === uploadedDocPk) ??
    (uploadedDocUuid === undefined && docUuid === undefined && uploadedDocPk === undefined
      ? by((document) => document.docUuid === mixedDocUuid)
      : undefined)
  );
}

/** The documents of which an event announces results, or that the poller lists. */
export function documentsOf(
  { documents, listed }: Pick<AnnouncedEvent, 'documents' | 'listed'>,
  observation: BookObservation,
  ids: EventIds,
): readonly ObservedDocument[] {
  switch (documents) {
    case 'none':
      return [];
    case 'named': {
      const document = findDocument(observation, ids);
      return document === undefined ? [] : [document];
    }
    case 'image-group':
      return documentsOfImageGroup(observation, ids);
    case 'missing':
      return observation.documents.filter(isCapturable);
    case 'listed': {
      const subjects = new Set(listed.map(({ subject }) => subject));
      return observation.documents.filter(({ docUuid }) => subjects.has(docUuid));
    }
  }
}

/**
 * The documents of an image group. Book status has the group's pk only: by uuid alone, every document
 * of any image group matches.
 */
function documentsOfImageGroup(observation: BookObservation, { imageGroupPk }: EventIds): ObservedDocument[] {
  return observation.documents.filter((document) =>
    imageGroupPk === undefined ? document.imageGroupPk !== undefined : document.imageGroupPk === imageGroupPk,
  );
}
