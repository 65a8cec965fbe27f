import type { Mutation } from '../mutation.ts';

const SETTLE = 'shared/reconcile/settle.ts';
const APPLY_PLAN = 'shared/reconcile/apply-plan.ts';

export const RECONCILE: readonly Mutation[] = [
  {
    file: SETTLE,
    search: '    const isLatest = observation !== undefined && digest === book.digest;',
    replace: '    const isLatest = observation !== undefined;',
    why: 'an old observation says what is missing of the documents',
  },
  {
    file: SETTLE,
    search: '    const mayComplete = isKnownSettled || (documents !== undefined && planned.isSettled);',
    replace: '    const mayComplete = isKnownSettled || documents !== undefined;',
    why: 'a book is settled although something of its documents is missing',
  },
  {
    file: APPLY_PLAN,
    search:
      '  const complete = book.endedAt !== undefined && mayComplete && planned.open.length === 0 && !isHeld;',
    replace: '  const complete = book.endedAt !== undefined && mayComplete && planned.open.length === 0;',
    why: 'a book that a message holds is complete',
  },
  {
    file: SETTLE,
    search: '    settled.policy === policy\n',
    replace: '    true\n',
    why: 'a product that is served again is not asked for in settled books',
  },
  {
    file: APPLY_PLAN,
    search: '  const nextAt = iso(now + backoff(times.grace, count, longestRound(book, times)));',
    replace: '  const nextAt = iso(now + times.max * 1000);',
    why: 'what was sent once is not sent again',
  },
  {
    file: APPLY_PLAN,
    search: '  return Math.max(planned.nextAt, Date.parse(round?.nextAt ??',
    replace: '  return Math.min(planned.nextAt, Date.parse(round?.nextAt ??',
    why: 'a book is polled again before its round is overdue',
  },
  {
    file: APPLY_PLAN,
    search: '  if (!isFull) return plannedAt === undefined ? book : dueBy(book, Math.max(plannedAt, now));',
    replace: '  if (!isFull) return book;',
    why: 'a consumer that leaves something open does not schedule a poll',
  },
  {
    file: SETTLE,
    search: '  if (isPoller || isEarlier(next.dueAt, current.dueAt)) return !isEqual(current, next);',
    replace: '  if (isPoller) return !isEqual(current, next);',
    why: 'an earlier poll that a consumer needs is not written where nothing else changes',
  },
  {
    file: APPLY_PLAN,
    search:
      '  const unseen = hasSeenDocuments ? [] : (book.open ?? []).filter((kind) => ofDocuments.includes(kind));',
    replace: '  const unseen: readonly ResultKind[] = [];',
    why: 'a consumer that has not read the documents says that nothing of them is open',
  },
  {
    file: 'shared/reconcile/record-returns.ts',
    search: '        : dueBy({ ...current, settled: undefined }, Date.parse(observedAt)),',
    replace: '        : current,',
    why: 'a book stays settled while its documents are written as active',
  },
  {
    file: APPLY_PLAN,
    search: '  return hasJob ? Math.min(times.job, times.max) : times.max;',
    replace: '  return times.max;',
    why: 'the result of a job is deleted before it is requested',
  },
];
