import type { Mutation } from '../mutation.ts';

const POLL = 'functions/poller/poll.ts';
const HAND_OVER = 'functions/poller/hand-over.ts';
const FOLLOW = 'functions/poller/discovery/follow.ts';
const TURNS = 'functions/poller/discovery/cursor.ts';
const DISCOVER = 'functions/poller/discovery/discover.ts';
const SWEEP_FORGOTTEN = 'functions/poller/sweep-forgotten.ts';
const BUCKET = 'shared/rate-limit/bucket.ts';
const PERMITS = 'shared/rate-limit/permits.ts';

export const POLLER: readonly Mutation[] = [
  {
    file: POLL,
    search: '|| this.handedOver.has(bookId)) continue;',
    replace: ') continue;',
    why: 'a run hands a book over twice',
  },
  {
    file: HAND_OVER,
    search: 'const MAX_WAITING = 200;',
    replace: 'const MAX_WAITING = 1_000_000;',
    why: 'looks pile up in the queue, and events of its channel wait behind them',
  },
  {
    file: HAND_OVER,
    search: 'nextAt = now + (bookIds.length * 1000) / settings.POLL_REQUESTS_PER_SECOND;',
    replace: 'nextAt = now;',
    why: 'books are handed over faster than the stage allows',
  },
  {
    file: FOLLOW,
    search: 'return Math.max(0, offset - 1);',
    replace: 'return offset;',
    why: 'a deleted book shifts the list, and unseen books are skipped',
  },
  {
    file: FOLLOW,
    search: 'if (offset > 0 && back > 0 && unseen.length === books.length) {',
    replace: 'if (offset < 0) {',
    why: 'it does not step back where more books were deleted than the overlap shows',
  },
  {
    file: FOLLOW,
    search: 'return { unseen: [], place: before, isShort: false };',
    replace: 'return { unseen: [], place: before, isShort: length < limit };',
    why: 'it counts as the end of the list when it has to step back',
  },
  {
    file: TURNS,
    search: 'recentFrom: startOfRecent(cursor, step, now - times.recent),',
    replace: 'recentFrom: startOfRecent(cursor, step, now),',
    why: 'books that become visible late are found by the next sweep only',
  },
  {
    file: TURNS,
    search: 'now - cursor.sweptAt >= times.sweep',
    replace: 'now - cursor.sweptAt >= times.year',
    why: 'books that become visible after days are never found',
  },
  {
    file: DISCOVER,
    search: 'if (!isUnreadable(error)) throw error;',
    replace: 'throw error;',
    why: 'one book that cannot be read stops discovery',
  },
  {
    file: SWEEP_FORGOTTEN,
    search: 'const dueAt = age > times.month ? undefined : iso(now + Math.max(times.run, age));',
    replace: 'const dueAt = undefined;',
    why: 'what a function has written after a book was forgotten stays',
  },
  {
    file: BUCKET,
    search: 'const now = () => clock() + behindMs;',
    replace: 'const now = () => clock();',
    why: 'a process whose clock is late calls more often than the limit',
  },
  {
    file: BUCKET,
    search: '{ nextAt: { below: from } }',
    replace: '{ nextAt: { exists: true } }',
    why: 'two processes get the same permits',
  },
  {
    file: PERMITS,
    search: 'start + lateMs - burstMs,',
    replace: 'start + lateMs,',
    why: 'a lone event waits for permits although none were used',
  },
];
