import { expect, test } from 'vitest';
import { withDetect, withDetectFailure } from '../../../../shared/reconcile/detect.ts';
import type { Document } from '../../../../shared/store/documents.ts';

const DOCUMENT: Document = {
  bookId: 'b',
  item: 'DOC#d',
  docUuid: 'd',
  status: 'VERIFICATION_COMPLETE',
  observedAt: '2026-03-02T08:00:00.000Z',
  generation: 1,
  revision: 1,
  entries: {},
};

const EARLIER = '2026-03-02T09:00:00.000Z';
const LATER = '2026-03-02T10:00:00.000Z';

test('an older answer of Detect does not replace a newer one', () => {
  const known = withDetect(DOCUMENT, { state: 'COMPLETED', at: LATER });
  expect(withDetect(known, { state: 'PENDING', at: EARLIER })).toEqual(known);
});

test('any answer replaces what an event says of a failure, whose clock is another', () => {
  const known = withDetect(DOCUMENT, { state: 'PENDING', at: LATER });
  const failed = withDetectFailure(known, 'blurred');
  expect(withDetect(failed, { state: 'COMPLETED', at: EARLIER }).detect).toEqual({
    state: 'COMPLETED',
    at: EARLIER,
  });
});

test('the reason stays while the state does', () => {
  const failed = withDetectFailure(DOCUMENT, 'blurred');
  expect(withDetect(failed, { state: 'UNABLE_TO_PROCESS', at: LATER }).detect?.reason).toBe('blurred');
});
