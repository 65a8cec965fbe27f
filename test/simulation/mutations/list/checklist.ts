import type { Mutation } from '../mutation.ts';

const TRANSITIONS = 'shared/checklist/transitions.ts';
const OPENING = 'shared/checklist/opening.ts';
const PLAN_BOOK = 'shared/checklist/plan-book.ts';
const PLAN_DOCUMENTS = 'shared/checklist/plan-documents.ts';
const OBSERVATION = 'shared/checklist/observation.ts';
const NEXT_DUE = 'shared/checklist/next-due.ts';

export const CHECKLIST: readonly Mutation[] = [
  {
    file: OPENING,
    search: '  if (entry.covers === receivedAt) return true;',
    replace: '  if (entry.covers !== undefined && entry.covers >= receivedAt) return true;',
    why: 'an answer for a later event closes what an earlier one asks for, whatever the clocks say',
  },
  {
    file: OPENING,
    search: 'const CLOCK_SKEW_MS = 5000;',
    replace: 'const CLOCK_SKEW_MS = -60_000;',
    why: 'an answer from before an event closes what the event asks for',
  },
  {
    file: TRANSITIONS,
    search: '  if (entry !== undefined && entry.version > version) return entry;',
    replace: '',
    why: 'an answer about an earlier generation replaces an entry of the present one',
  },
  {
    file: TRANSITIONS,
    search: '  return isAnotherWaiting ? entry : closed;',
    replace: '  return closed;',
    why: 'an answer closes an entry that another event has opened since',
  },
  {
    file: TRANSITIONS,
    search: '  if (closed !== undefined && !isReopenedBy(closed, answer.opens)) return closed;',
    replace: '  if (closed !== undefined) return closed;',
    why: 'what is not ready for a later event is not asked for again',
  },
  {
    file: TRANSITIONS,
    search: 'const REFUSALS_BEFORE_EXPIRY = 20;',
    replace: 'const REFUSALS_BEFORE_EXPIRY = 0;',
    why: 'a result expires by time alone',
  },
  {
    file: TRANSITIONS,
    search:
      '  const isExpired = refusals >= REFUSALS_BEFORE_EXPIRY && now - Date.parse(refusedSince) > times.horizon;',
    replace: '  const isExpired = refusals >= 3;',
    why: 'three refusals end a result',
  },
  {
    file: TRANSITIONS,
    search: '  const nextAt = iso(now + backoff(times.min, refusals, times.max));',
    replace: '  const nextAt = iso(now + times.min);',
    why: 'a refused result is asked for every five minutes, forever',
  },
  {
    file: TRANSITIONS,
    search: '    if (refusals >= PROBES) return',
    replace: '    if (refusals >= 1) return',
    why: 'one refusal ends a probe',
  },
  {
    file: OPENING,
    search: '    since: before?.since ?? iso(now),\n    attempts: 0,\n    nextAt: iso(now),\n    ...opened,',
    replace: '    since: entry?.since ?? iso(now),\n    attempts: 0,\n    nextAt: iso(now),\n    ...opened,',
    why: 'an event that reopens a stored result leaves it with the age of the old one',
  },
  {
    file: TRANSITIONS,
    search: '  if (before?.at !== undefined && before.at > askedAt) return before;',
    replace: '',
    why: 'an older answer closes an entry as if it were the newest',
  },
  {
    file: PLAN_BOOK,
    search: '  return isClosedEarly(entry) && entry.code !== NOT_SERVED;',
    replace: '  return isClosedEarly(entry) && entry.code === "none";',
    why: 'what was fetched while the book was active counts for the finished book',
  },
  {
    file: PLAN_BOOK,
    search: '    if (isMissing(served)) collected.open.add(want.kind);',
    replace: '',
    why: 'a book is complete although an entry of it is open',
  },
  {
    file: PLAN_BOOK,
    search: "  if (book.hasResults !== true && kind !== 'classification') return undefined;",
    replace: '',
    why: 'analytics of a book without any results are asked for',
  },
  {
    file: PLAN_BOOK,
    search:
      "    if (entry !== undefined && entry.state !== 'stored' && entry.state !== 'probe') return undefined;",
    replace: '    if (entry !== undefined) return undefined;',
    why: 'signals that a new document needs are not asked for once those of others are stored',
  },
  {
    file: PLAN_DOCUMENTS,
    search: '    const version = versionOf(known, document);',
    replace: '    const version = known?.version ?? 1;',
    why: 'a document that goes through its work again needs nothing new',
  },
  {
    file: PLAN_DOCUMENTS,
    search:
      '  for (const [docUuid, { status }] of stored) if (isGone(docUuid, status)) changed.push(docUuid);',
    replace:
      '  for (const [docUuid, { status }] of stored) if (isGone(docUuid, status)) changed.push(...([docUuid].slice(1)));',
    why: 'a document that is no longer listed keeps its status',
  },
  {
    file: PLAN_DOCUMENTS,
    search:
      '  return { changed, needsSignals, isSettled: isSettled && areSignalsSettled && changed.length === 0 };',
    replace: '  return { changed, needsSignals, isSettled: isSettled && areSignalsSettled };',
    why: 'a book is settled although the status of a document is not stored',
  },
  {
    file: OBSERVATION,
    search: "[bookClass, status, ...lines].join('\\n'), 'base64url')",
    replace: "[bookClass, status, lines.length].join('\\n'), 'base64url')",
    why: 'a document that changes its status does not change the digest of its book',
  },
  {
    file: OBSERVATION,
    search: '  return isEnded(before) && before !== after;',
    replace: '  return isEnded(before) && !isEnded(after);',
    why: 'a document that goes from one final status to another keeps its old results',
  },
  {
    file: NEXT_DUE,
    search: '    held !== undefined && held > now ? held : undefined,',
    replace: '',
    why: 'a book that a message holds is not polled when the hold ends',
  },
  {
    file: NEXT_DUE,
    search: 'const ENDED_FACTOR = { min: 12, max: 4 };',
    replace: 'const ENDED_FACTOR = { min: 1, max: 0.01 };',
    why: 'a finished book is polled every few minutes, forever',
  },
  {
    file: OPENING,
    search:
      '    attempts: Math.min(entry.attempts, TRIES_AFTER_EVENT),\n    ...(refusals > TRIES_AFTER_EVENT',
    replace: '    ...(refusals > 1000',
    why: 'what an event announces again keeps its long pauses',
  },
  {
    file: OPENING,
    search: "  if (!isOpen(entry)) return { ...kept, state: 'wanted', since: iso(now), attempts: 0 };",
    replace: "  if (!isOpen(entry)) return { ...opened, state: 'wanted', since: iso(now), attempts: 0 };",
    why: 'what was given up, and is announced again, is given up at the first refusal',
  },
  {
    file: NEXT_DUE,
    search: '  if (book.complete === false) return times.month;',
    replace: '',
    why: 'a finished book that is not complete is never polled again after the horizon',
  },
  {
    file: 'shared/checklist/plan-documents.ts',
    search: '    const lacksSignals = signals === undefined || isClosedEarly(signals);',
    replace: '    const lacksSignals = signals === undefined;',
    why: 'signals of an active document count for the verified document',
  },
  {
    file: 'shared/checklist/remembered.ts',
    search: '    return named.length > 0 && named.every(isAnswered);',
    replace: '    return named.every(isAnswered);',
    why: 'what an event has named of a document that is not listed yet is forgotten',
  },
  {
    file: 'shared/checklist/transitions.ts',
    search: '    return { ...next, nextAt, ...jobOf(entry, job, answer) };',
    replace: '    return { ...next, nextAt };',
    why: 'a probe forgets the job that it has started',
  },
];
