import { FORBIDDEN, has, NOT_READY } from '../../../simulation/played/played-book.ts';
import { documentOf } from '../books/book.ts';
import type { Stage } from '../stage.ts';
import { capture, DAY, earlier, finallyOf, HOUR, idsOf, MINUTE } from './life.ts';

export function tellFinishedBooks(stage: Stage): void {
  const settled = earlier('settled', { answers: { 'forms#settled-d1': has() } });
  capture(stage, settled, 20 * DAY);
  stage.deliver(20 * DAY - 10 * MINUTE, 'book.completed', {
    ...idsOf(settled),
    tasks: ['CAPTURE', 'ANALYTICS', 'DETECT'],
  });
  capture(stage, finallyOf('settled-old'), 44 * DAY);

  const notClassified = { answers: { classification: FORBIDDEN } };
  capture(stage, earlier('probe-first', notClassified), 6 * HOUR);
  capture(stage, earlier('probe-second', notClassified), 2 * DAY);
  capture(stage, earlier('probe-over', notClassified), 12 * DAY);
  capture(stage, earlier('probe-repeated', { answers: { income: NOT_READY } }), 30 * HOUR);

  const completed = { ...documentOf('upgraded-d1', 71), status: 'COMPLETED' };
  const before = { 'forms#upgraded-d1': has(), 'transactions#upgraded-d1': has(), paystubs: has() };
  capture(stage, earlier('upgraded', { documents: [completed], answers: before }), 5 * DAY);
  const upgraded = finallyOf('upgraded');
  stage.show(2 * DAY, upgraded);
  stage.deliver(2 * DAY, 'DOC_VERIFIED', idsOf(upgraded, upgraded.documents[0]));

  capture(stage, finallyOf('rejected'), 3 * DAY);

  const classified = finallyOf('classified');
  stage.show(2 * DAY, classified);
  stage.deliver(2 * DAY, 'book.classified', idsOf(classified));

  capture(stage, finallyOf('discovered'), 4 * DAY, { isAnnounced: false });

  const unlisted = finallyOf('unlisted');
  const documents = [...unlisted.documents, documentOf('unlisted-d2', 112)];
  capture(stage, earlier('unlisted', { documents, answers: { paystubs: has() } }), 6 * DAY);
  stage.show(DAY, unlisted);

  capture(
    stage,
    earlier('deleted', { status: 'VERIFIED', documents: [documentOf('deleted-d1', 121)] }),
    7 * DAY,
  );
  stage.show(5 * DAY, finallyOf('deleted'));
}
