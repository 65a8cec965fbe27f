import {
  FORBIDDEN,
  has,
  NO_STATEMENTS,
  PENDING,
  type PlayedBook,
  TOO_MANY_CALLS,
  UNAVAILABLE,
} from '../../../simulation/played/played-book.ts';
import type { Stage } from '../stage.ts';
import { active, capture, DAY, earlier, finallyOf, HOUR, idsOf, MINUTE, SECOND } from './life.ts';

/** The documents of a book, of which some are still being processed. */
function withUnfinished(book: PlayedBook, ...unfinished: readonly string[]): PlayedBook {
  const now = active(book);
  const documents = book.documents.map((document) =>
    unfinished.includes(document.uuid)
      ? { uuid: document.uuid, pk: document.pk, status: 'VERIFYING' }
      : document,
  );
  return { ...now, documents };
}

export function tellOpenBooks(stage: Stage): void {
  const processing = withUnfinished(finallyOf('processing'), 'processing-d2');
  stage.show(2 * HOUR, processing);
  stage.deliver(2 * HOUR - MINUTE, 'DOC_VERIFIED', idsOf(processing, processing.documents[0]));

  capture(stage, earlier('forms-late', { answers: { 'forms#forms-late-d1': PENDING } }), 3 * HOUR);
  capture(stage, detecting('signals-late', 'signals-late-d2'), 3 * HOUR);
  capture(stage, finallyOf('detect-absent'), 4 * HOUR);

  const job = { answers: { 'enriched-transactions': has(1, { job: { id: 'job-17', isDone: false } }) } };
  capture(stage, earlier('job', job), 2 * HOUR);
  const lostJob = { answers: { summary: has(1, { job: { id: 'job-18', isDone: false } }) } };
  capture(stage, earlier('job-lost', lostJob), 3 * HOUR);

  capture(stage, earlier('refused', { answers: { paystubs: FORBIDDEN } }), 4 * HOUR);
  const expired = { answers: { summary: FORBIDDEN, 'forms#expired-d1': FORBIDDEN } };
  capture(stage, earlier('expired', expired), 43 * DAY);

  tellReverified(stage);

  const early = withUnfinished(finallyOf('early'), 'early-d2');
  const analytics = { summary: has(), 'cash-flow': has(), 'enriched-transactions': has(), signals: has() };
  const listed = early.documents.map((document) => ({ ...document, detect: 'COMPLETED' }));
  stage.show(HOUR + MINUTE, { ...early, documents: listed, answers: analytics });
  stage.deliver(HOUR, 'DOC_VERIFIED', idsOf(early, early.documents[0]));
  stage.deliver(HOUR - MINUTE, 'book.analytics_v2.generated', idsOf(early));
  stage.deliver(HOUR - 2 * MINUTE, 'book.detect.signal_not_found', idsOf(early));

  const stuck = active(finallyOf('stuck'));
  stage.show(44 * DAY, stuck);
  stage.deliver(44 * DAY, 'document.upload_succeeded', idsOf(stuck, stuck.documents[0]));

  tellDeliveriesUnderWay(stage);
}

/** A verified book of which Detect is still processing a document. */
function detecting(uuid: string, docUuid: string): PlayedBook {
  const documents = finallyOf(uuid).documents.map((document) =>
    document.uuid === docUuid ? { ...document, detect: 'PENDING' } : document,
  );
  return earlier(uuid, { documents });
}

function tellReverified(stage: Stage): void {
  const book = finallyOf('reverified');
  const [first, second] = book.documents;
  if (first === undefined || second === undefined) throw new Error('two documents');
  const before: PlayedBook['answers'] = {
    'forms#reverified-d1': has(),
    'transactions#reverified-d1': has(),
    summary: has(),
    'cash-flow': has(),
    'enriched-transactions': has(),
    paystubs: has(),
    signals: has(),
    income: NO_STATEMENTS,
  };
  capture(stage, earlier('reverified', { documents: [first], answers: before }), 6 * DAY);
  const again = withUnfinished(book, first.uuid, second.uuid);
  stage.show(3 * HOUR, again);
  stage.deliver(3 * HOUR - SECOND, 'document.upload_succeeded', idsOf(book, second));
}

/** Messages that are in a queue when the consumers are paused, six minutes before the end. */
function tellDeliveriesUnderWay(stage: Stage): void {
  const held = earlier('held', { answers: { 'forms#held-d1': PENDING } });
  capture(stage, held, 40 * MINUTE, { isAnnounced: false });
  stage.deliver(6 * MINUTE + 10 * SECOND, 'DOC_VERIFIED', idsOf(held, held.documents[0]));

  // Seen by the run of the poller fourteen minutes before the end, which gives its webhooks ten minutes.
  stage.show(15 * MINUTE - SECOND, finallyOf('round'));

  const retrying = { ...finallyOf('retrying'), refused: UNAVAILABLE };
  stage.show(DAY, retrying);
  stage.deliver(27 * MINUTE, 'DOC_VERIFIED', idsOf(retrying, retrying.documents[0]));

  const throttled = { ...finallyOf('throttled'), refused: TOO_MANY_CALLS };
  stage.show(DAY, throttled);
  stage.deliver(55 * MINUTE, 'DOC_VERIFIED', idsOf(throttled, throttled.documents[0]));

  const remembered = finallyOf('remembered');
  const [first, second] = remembered.documents;
  if (first === undefined || second === undefined) throw new Error('two documents');
  const known = withUnfinished({ ...remembered, documents: [first] }, first.uuid);
  stage.show(HOUR, known);
  stage.deliver(HOUR, 'document.upload_succeeded', idsOf(known, first));
  // After the last run of the poller, which has another policy and would drop what is remembered.
  const results = { forms: 'announced', transactions: 'announced' };
  stage.deploy(2 * MINUTE + 30 * SECOND, { accounts: ['north', 'south'], results });
  stage.deliver(2 * MINUTE + 20 * SECOND, 'IMAGE_GROUP_VERIFIED', {
    ...idsOf(remembered),
    uploaded_image_group_pk: Number(second.imageGroupPk),
  });
  stage.pause(90 * SECOND, ['image-group-verified']);
}
