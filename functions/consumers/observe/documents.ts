import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
import type { EventIds } from '../../../shared/events/ids.ts';

/**
 * Finds the document that an event names: by the uuid of the upload first, which is Book status's own, then by
 * its other uuid, then by pk (domain reference 12.9).
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

/**
 * The documents of an image group. Book status tells the group's pk only: by uuid alone, every document that
 * came in some image group is meant.
 */
export function documentsOfImageGroup(observation: BookObservation, ids: EventIds): ObservedDocument[] {
  const { imageGroupPk } = ids;
  return observation.documents.filter((document) =>
    imageGroupPk === undefined ? document.imageGroupPk !== undefined : document.imageGroupPk === imageGroupPk,
  );
}
