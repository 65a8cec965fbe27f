import type { EventIds } from '../events/ids.ts';
import type { Document } from './documents.ts';

/** Any image group. */
const ANY = 'any';

/**
 * How an event names documents: a uuid, `pk-<number>`, or `group-<number>` for those of an image group. It may be kept as
 * the subject of an entry while the documents are not known.
 *
 * @returns `undefined` where it names none.
 */
export function documentRef(of: 'named' | 'image-group', ids: EventIds): string | undefined {
  if (of === 'image-group') return `group-${ids.imageGroupPk ?? ANY}`;
  const { uploadedDocUuid, docUuid, uploadedDocPk } = ids;
  return uploadedDocUuid ?? docUuid ?? (uploadedDocPk === undefined ? undefined : `pk-${uploadedDocPk}`);
}

/** Whether a stored document is one of those that an event names. */
export function isNamedBy({ docUuid, docPk, imageGroupPk }: Document, ref: string): boolean {
  if (docUuid === ref) return true;
  if (docPk !== undefined && ref === `pk-${docPk}`) return true;
  return imageGroupPk !== undefined && (ref === `group-${imageGroupPk}` || ref === `group-${ANY}`);
}
