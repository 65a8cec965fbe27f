import { isCapturable, isCaptureEnded } from '../../../shared/checklist/observation.ts';
import { isEnded } from '../../../shared/events/statuses.ts';
import { documentsOf, findDocument } from './find-documents.ts';
import type { ReconciliationWithObservation } from './reconciliation.ts';

/** @returns why Book status does not show yet what the event announced; `undefined` when it does. */
export function unreadiness({
  context,
  event,
  observation,
}: ReconciliationWithObservation): string | undefined {
  const { name, documents, documentKinds } = event;
  const { ids, isPoll } = context;
  if (isPoll) return undefined;
  if (name === 'BOOK_VERIFIED' || name === 'book.verified') {
    const isOver = isCaptureEnded(observation) || observation.status === 'DELETED';
    return isOver ? undefined : 'book-not-verified';
  }
  if (documentKinds.length === 0) return undefined;
  if (documents === 'named') {
    const document = findDocument(observation, ids);
    if (document === undefined) return 'document-not-listed';
    return isEnded(document.status) || isCapturable(document) ? undefined : 'document-not-verified';
  }
  if (documents !== 'image-group') return undefined;
  const group = documentsOf({ documents, listed: [] }, observation, ids);
  if (group.length === 0) return 'image-group-not-listed';
  return group.every(({ status }) => isEnded(status)) ? undefined : 'image-group-not-verified';
}
