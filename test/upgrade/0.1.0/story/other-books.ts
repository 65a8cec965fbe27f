import { BOOK_OF_ANOTHER, FORBIDDEN, has, NO_SUCH_BOOK } from '../../../simulation/played/played-book.ts';
import { bookOf } from '../books/book.ts';
import type { Stage } from '../stage.ts';
import { active, capture, DAY, earlier, finallyOf, HOUR, idsOf, MINUTE } from './life.ts';

export function tellShapedBooks(stage: Stage): void {
  for (const uuid of ['group', 'split', 'pages', 'large']) capture(stage, finallyOf(uuid), 2 * DAY);
  const group = finallyOf('group');
  stage.deliver(2 * DAY - 3 * MINUTE, 'IMAGE_GROUP_VERIFIED', {
    ...idsOf(group),
    uploaded_image_group_pk: 60_031,
  });
  const split = finallyOf('split');
  stage.deliver(2 * DAY - 3 * MINUTE, 'document.verification_succeeded', {
    ...idsOf(split, split.documents[0]),
    doc_uuid: 'split-d1-part',
    mixed_uploaded_doc_uuid: 'split-pdf',
  });
  const pages = { rows: 5, pageRows: 2, failsFrom: 4 };
  capture(stage, earlier('pages-left', { answers: { 'enriched-transactions': has(1, pages) } }), 20 * MINUTE);

  const named = earlier('named', {
    answers: {
      income: has(),
      'suspicious-activity': has(),
      'business#middesk-36': has(1, { state: 'pending' }),
      'analytics#request-36': has(1, { state: 'PROCESSING' }),
      'analytics#request-36-old': has(1, { state: 'EXPIRED' }),
    },
  });
  capture(stage, named, 2 * DAY);
  const events = ['SUSPICIOUS_ACTIVITY', 'book.income.generated'];
  for (const event of events) stage.deliver(2 * DAY - 3 * MINUTE, event, idsOf(named));
  const requested = (analytics_request_id: string) => ({ ...idsOf(named), analytics_request_id });
  stage.deliver(HOUR, 'MIDDESK_VERIFIED', { ...idsOf(named), business_uuid: 'middesk-36' });
  stage.deliver(HOUR, 'ANALYTICS_COMPLETED', requested('request-36'));
  stage.deliver(HOUR, 'ANALYTICS_COMPLETED', requested('request-36-old'));
  stage.at(3 * HOUR, () => stage.ocrolus.change('named', { answers: { income: has(2) } }));
  stage.deliver(3 * HOUR, 'book.income.updated', idsOf(named));
}

/** Enough books to open a circuit (docs/decisions/0028); their own items are not part of the fixture. */
export const FILLERS = Array.from({ length: 20 }, (_, n) =>
  bookOf(`filler-${n + 1}`, 101 + n, {
    account: 'south',
    status: 'VERIFYING',
    documents: [],
    answers: { income: FORBIDDEN, 'suspicious-activity': FORBIDDEN },
    isUnlisted: true,
  }),
);

export function tellCircuits(stage: Stage): void {
  for (const filler of FILLERS) {
    stage.show(4 * DAY, filler);
    stage.deliver(3 * DAY, 'SUSPICIOUS_ACTIVITY', idsOf(filler), 'south');
    stage.deliver(65 * MINUTE, 'book.income.generated', idsOf(filler), 'south');
    // They do not take the canaries of the books that are part of the fixture.
    stage.show(60 * MINUTE, { ...filler, status: 'DELETED' });
  }
  const notServed = finallyOf('not-served');
  capture(stage, notServed, 30 * HOUR);
  stage.deliver(29 * HOUR, 'SUSPICIOUS_ACTIVITY', idsOf(notServed), 'south');
  const circuit = earlier('circuit-open', { answers: { income: FORBIDDEN } });
  capture(stage, circuit, 5 * HOUR);
  stage.deliver(10 * MINUTE, 'book.income.generated', idsOf(circuit), 'south');
}

export function tellUnknownBooks(stage: Stage): void {
  const refuse = (uuid: string, before: number, refused = NO_SUCH_BOOK) =>
    stage.show(before, { ...finallyOf(uuid), refused });
  const named = (uuid: string, before: number) =>
    stage.deliver(before, 'DOC_VERIFIED', idsOf(finallyOf(uuid), finallyOf(uuid).documents[0]));

  refuse('named-only', HOUR);
  named('named-only', 20 * MINUTE);
  refuse('unseen', HOUR);
  refuse('not-found', 3 * DAY);
  named('not-found', 2 * DAY);
  const { refused: _, ...lost } = finallyOf('lost');
  capture(stage, lost, 5 * DAY);
  refuse('lost', 3 * DAY);

  stage.show(5 * HOUR, active(finallyOf('forbidden')));
  stage.deliver(5 * HOUR, 'document.upload_succeeded', idsOf(finallyOf('forbidden')));
  refuse('forbidden', 4 * HOUR, BOOK_OF_ANOTHER);

  const elsewhere = earlier('elsewhere', { account: 'west' });
  stage.show(2 * DAY, active(elsewhere));
  stage.deliver(2 * DAY, 'document.upload_succeeded', idsOf(elsewhere), 'west');
  stage.deploy(DAY, { accounts: ['north', 'south'] });
  stage.show(DAY, { ...elsewhere, account: 'north', refused: BOOK_OF_ANOTHER });

  const forgotten = finallyOf('forgotten');
  capture(stage, forgotten, 8 * DAY);
  stage.forget(DAY, {
    bookUuid: forgotten.uuid,
    bookPk: forgotten.pk,
    account: 'north',
    partitions: [forgotten.uuid, `pk-${forgotten.pk}`],
  });
  named('forgotten', 12 * HOUR);
  refuse('forgotten-by-pk', 3 * DAY);
  const { pk } = finallyOf('forgotten-by-pk');
  stage.deliver(2 * DAY, 'DOC_VERIFIED', { book_pk: Number(pk), uploaded_doc_uuid: 'forgotten-by-pk-d1' });
  const onlyPk = { bookUuid: undefined, bookPk: pk, account: 'north', partitions: [`pk-${pk}`] };
  stage.forget(DAY, onlyPk);

  refuse('known-by-pk', DAY);
  const known = { book_pk: Number(finallyOf('known-by-pk').pk), uploaded_doc_uuid: 'known-by-pk-d1' };
  stage.deliver(40 * MINUTE, 'DOC_VERIFIED', known);
  stage.deliver(39 * MINUTE, 'book.analytics_v2.generated', { book_pk: known.book_pk });
  stage.deliver(38 * MINUTE, 'MIDDESK_VERIFIED', { book_pk: known.book_pk, business_uuid: 'middesk-45' });
  refuse('without-book', DAY);
  stage.deliver(30 * MINUTE, 'document.detect.signal_found', { uploaded_doc_uuid: 'without-book-d1' });
}
