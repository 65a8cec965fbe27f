import type { ObservedDocument } from './envelope.ts';
import type { EventIds } from './ids.ts';

/** Any image group. */
const ANY = 'any';

/**
 * How an event names documents: by uuid, as `pk-<number>`, or as `group-<number>` for those of an image group. May be
 * kept as the subject of an entry while the documents are not known.
 *
 * @returns all names, the surest first: not each of them must be known to Book status (docs/ocrolus.md#document-ids).
 */
export function documentRefs(of: 'named' | 'image-group', ids: EventIds): string[] {
  if (of === 'image-group') return [`group-${ids.imageGroupPk ?? ANY}`];
  const { uploadedDocUuid, docUuid, uploadedDocPk } = ids;
  const pk = uploadedDocPk === undefined ? undefined : `pk-${uploadedDocPk}`;
  return [uploadedDocUuid, docUuid, pk].filter((ref) => ref !== undefined);
}

/** Whether a stored document is one of those that an event names. */
export function isNamedBy(
  { docUuid, docPk, imageGroupPk }: Pick<ObservedDocument, 'docUuid' | 'docPk' | 'imageGroupPk'>,
  ref: string,
): boolean {
  if (docUuid === ref) return true;
  if (docPk !== undefined && ref === `pk-${docPk}`) return true;
  return imageGroupPk !== undefined && (ref === `group-${imageGroupPk}` || ref === `group-${ANY}`);
}
