import { type Mutation, mutationsOf } from '../mutation.ts';

export const POLLER: readonly Mutation[] = [
  ...mutationsOf('functions/poller/poll.ts', {
    'a run hands a book over twice': ['|| this.handedOver.has(bookId)) continue;', ') continue;'],
  }),
  ...mutationsOf('functions/poller/hand-over.ts', {
    'looks pile up in the queue, and events of its channel wait behind them': [
      'const MAX_WAITING = 200;',
      'const MAX_WAITING = 1_000_000;',
    ],
    'books are handed over faster than the stage allows': [
      'nextAt = now + (bookIds.length * 1000) / settings.POLL_REQUESTS_PER_SECOND;',
      'nextAt = now;',
    ],
  }),
  ...mutationsOf('functions/poller/discovery/follow.ts', {
    'a deleted book shifts the list, and unseen books are skipped': [
      'return Math.max(0, offset - 1);',
      'return offset;',
    ],
    'it does not step back where more books were deleted than the overlap shows': [
      'if (offset > 0 && back > 0 && unseen.length === books.length) {',
      'if (offset < 0) {',
    ],
    'it counts as the end of the list when it has to step back': [
      'return { unseen: [], place: before, isShort: false };',
      'return { unseen: [], place: before, isShort: length < limit };',
    ],
  }),
  ...mutationsOf('functions/poller/discovery/cursor.ts', {
    'books that become visible late are found by the next sweep only': [
      'recentFrom: startOfRecent(cursor, step, now - times.recent),',
      'recentFrom: startOfRecent(cursor, step, now),',
    ],
    'books that become visible after days are never found': [
      'now - cursor.sweptAt >= times.sweep',
      'now - cursor.sweptAt >= times.year',
    ],
  }),
  ...mutationsOf('functions/poller/discovery/discover.ts', {
    'one book that cannot be read stops discovery': [
      'if (!isUnreadable(error)) throw error;',
      'throw error;',
    ],
  }),
  ...mutationsOf('functions/poller/sweep-forgotten.ts', {
    'what a function has written after a book was forgotten stays': [
      'const dueAt = age > times.month ? undefined : iso(now + Math.max(times.run, age));',
      'const dueAt = undefined;',
    ],
  }),
  ...mutationsOf('shared/rate-limit/bucket.ts', {
    'a process whose clock is late calls more often than the limit': [
      'const now = () => clock() + behindMs;',
      'const now = () => clock();',
    ],
    'two processes get the same permits': ['{ nextAt: { below: from } }', '{ nextAt: { exists: true } }'],
  }),
  ...mutationsOf('shared/rate-limit/permits.ts', {
    'a lone event waits for permits although none were used': [
      'start + lateMs - burstMs,',
      'start + lateMs,',
    ],
  }),
];
