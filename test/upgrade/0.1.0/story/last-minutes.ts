import type { Stage } from '../stage.ts';
import { finallyOf, HOUR, idsOf, MINUTE, SECOND } from './life.ts';

/** `book.completed` and the like may be larger than a message may be. */
const LARGE_BODY_BYTES = 125_000;

/** Deliveries of all kinds, whose outcomes are in the ledger. */
export function tellOtherDeliveries(stage: Stage): void {
  const settled = finallyOf('settled');
  stage.deliver(6 * HOUR, 'BOOK_VERIFIED', idsOf(settled));
  stage.deliver(6 * HOUR, 'MIDDESK_VERIFIED', idsOf(settled));
  stage.deliver(6 * HOUR, 'book.future', idsOf(settled));
  stage.deliver(5 * HOUR, 'network.book.created', { book_uuid: 'book-of-another-lender' });
  stage.post(5 * HOUR, 'this is not JSON');
  // Becomes a dead letter at once.
  stage.sendRaw(4 * HOUR, 'lifecycle', 'this is no message of the project');
}

/**
 * The consumers are paused before the deployment of the next version, as an operator may do; webhook and poller go on for
 * some minutes, so that every queue has messages.
 */
export function tellLastMinutes(stage: Stage): void {
  stage.stopPoller(14 * MINUTE + 30 * SECOND);
  stage.pollOnce(14 * MINUTE, 'due');
  stage.pause(
    6 * MINUTE,
    stage.channels.filter((channel) => channel !== 'image-group-verified'),
  );
  // This run ends after some books.
  stage.pollOnce(3 * MINUTE + 30 * SECOND, 'now', 5 * SECOND);
  stage.pollOnce(3 * MINUTE, 'due');

  const document = (uuid: string, n = 0) => idsOf(finallyOf(uuid), finallyOf(uuid).documents[n]);
  const deliver = (event: string, ids: Readonly<Record<string, unknown>>) =>
    stage.deliver(2 * MINUTE, event, ids);
  deliver('BOOK_VERIFIED', idsOf(finallyOf('unseen')));
  deliver('DOC_VERIFIED', document('unseen'));
  deliver('DOC_VERIFIED', document('forms-late'));
  deliver('DOC_VERIFIED', document('forgotten'));
  deliver('DOC_VERIFIED', {
    book_pk: Number(finallyOf('settled').pk),
    uploaded_doc_pk: document('settled').uploaded_doc_pk,
  });
  stage.deliver(MINUTE, 'IMAGE_GROUP_VERIFIED', {
    ...idsOf(finallyOf('group')),
    uploaded_image_group_pk: 60_031,
  });
  deliver('ANALYTICS_COMPLETED', { ...idsOf(finallyOf('named')), analytics_request_id: 'request-36' });
  deliver('MIDDESK_VERIFIED', { ...idsOf(finallyOf('named')), business_uuid: 'middesk-36' });
  deliver('SUSPICIOUS_ACTIVITY', idsOf(finallyOf('named')));
  deliver('document.detect.signal_found', document('signals-late', 1));
  deliver('document.detect.signal_found', { uploaded_doc_uuid: 'settled-d1' });
  deliver('document.detect.signal_not_found', document('processing'));
  deliver('document.detect.unable_to_process', {
    ...document('split', 1),
    notification_reason: 'Unsupported document type',
  });
  deliver('book.income.updated', idsOf(finallyOf('named')));
  deliver('document.upload_succeeded', document('processing', 1));
  deliver('book.future', { ...idsOf(finallyOf('large')), note: ' '.repeat(LARGE_BODY_BYTES) });
}
