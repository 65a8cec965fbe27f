import type { Mutation } from '../mutation.ts';

const MARK = 'shared/reconcile/mark.ts';
const OBSERVED = 'shared/reconcile/apply-observation.ts';

export const MARKS: readonly Mutation[] = [
  {
    file: MARK,
    search: 'const isScheduled = at === undefined && book.dueAt !== undefined;',
    replace: 'const isScheduled = true;',
    why: 'what is marked for later does not make a complete book due',
  },
  {
    file: MARK,
    search: 'return { ...due, open, complete: false, completeAt: undefined };',
    replace: 'return { ...due, open };',
    why: 'a book counts as complete while something of it is marked',
  },
  {
    file: MARK,
    search: '    if (isSummary) continue;\n',
    replace: '',
    why: 'an event of the whole book asks again for documents that are stored',
  },
  {
    file: MARK,
    search: "return [...own, { kind: 'signals', subject: bookId }];",
    replace: 'return [...own];',
    why: 'signals of a document that Book status does not list are not asked for',
  },
  {
    file: MARK,
    search: 'if (!isOfDetect || documentsNamed(announcement, listed).some(isListed)) return',
    replace: 'if (!isOfDetect || documentsNamed(announcement, listed).length > 0) return',
    why: 'signals of a document that is no longer listed are not asked for',
  },
  {
    file: MARK,
    search: 'isRecent ? markFor(entries[kind], now, now + times.grace) : mark',
    replace: 'isRecent ? (entries[kind] ?? NO_ENTRY) : mark',
    why: 'of two corrections within minutes, the second is not fetched',
  },
  {
    file: MARK,
    search: 'if (book?.endedAt === undefined) return book;',
    replace: 'return book;',
    why: 'results that are computed from a corrected document stay as they were',
  },
  {
    file: MARK,
    search: 'return markResults(book, wants, context, now + dependencies.times.grace);',
    replace: 'return markResults(book, wants, context, now);',
    why: 'analytics are asked for before they are computed from the corrected document',
  },
  {
    file: MARK,
    search: "const isKnown = state === 'stored' || isOpen;",
    replace: 'const isKnown = isOpen;',
    why: 'a result that an event has announced once is not asked for again when a document is corrected',
  },
  {
    file: MARK,
    search: 'await updateBook(context.table, context.bookId, (book) => book && markResults',
    replace: 'void updateBook(context.table, context.bookId, (book) => book && markResults',
    why: 'the mark on what takes the place of a result is not awaited, and is lost with the function',
  },
  {
    file: MARK,
    search: 'again: isNoted ? book.again : iso(again) }',
    replace: 'again: book.again }',
    why: 'what a function that dies has left is not looked for',
  },
  {
    file: MARK,
    search: 'const isComplete = book.complete !== undefined && {',
    replace: 'const isComplete = book.complete === null && {',
    why: 'a book counts as complete while a message that was received twice is at work',
  },
  {
    file: MARK,
    search: 'const isNoted = noted > again - times.run / 2 && noted <= again;',
    replace: 'const isNoted = noted > 0;',
    why: 'a message that dies long after another is not looked for',
  },
  {
    file: MARK,
    search: 'if (isUnwanted && entries[name]?.state === undefined) continue;',
    replace: 'if (isUnwanted) continue;',
    why: 'a correction is forgotten if its result is not wanted for a while',
  },
  {
    file: 'shared/reconcile/results/fetch.ts',
    search: "const isServed = all.some((one) => one.class !== 'refused');",
    replace: 'const isServed = false;',
    why: 'a part that is refused to every book stops the other part',
  },
  {
    file: 'functions/poller/listed-book.ts',
    search: 'dueBy({ ...current, again: iso(dueAt) }, dueAt)',
    replace: 'dueBy(current, dueAt)',
    why: 'an event takes the place of the comparison that a backfill asks for',
  },
  {
    file: 'shared/reconcile/observe.ts',
    search: 'return dueBy({ ...book, refused: { ...book.refused, since: iso(now) } }, now + times.min);',
    replace: 'return book;',
    why: 'an event about a book that was refused for weeks waits for weeks',
  },
  {
    file: OBSERVED,
    search:
      'if (known !== undefined && (known.observedAt > observedAt || isStoredAs(known, document))) return known;',
    replace: 'if (known !== undefined && isStoredAs(known, document)) return known;',
    why: 'an older observation of a document replaces a newer one',
  },
  {
    file: OBSERVED,
    search: 'const isMarked = known !== undefined && isInOtherState(known, document);',
    replace: 'const isMarked = false;',
    why: 'what was stored of a document counts for the state that it is in now',
  },
  {
    file: OBSERVED,
    search: 'if (book?.observedAt !== undefined && book.observedAt >= observedAt) return book;',
    replace: '',
    why: 'an older observation of a book replaces a newer one',
  },
  {
    file: OBSERVED,
    search: 'if (book?.status === DELETED && status !== DELETED) return book;',
    replace: '',
    why: 'an answer that was on its way brings back a deleted book',
  },
  {
    file: OBSERVED,
    search: 'generation: before.generation + (isReopened ? 1 : 0),',
    replace: '',
    why: 'a finished book that changes keeps its generation',
  },
  {
    file: OBSERVED,
    search: '    account: writer.account,\n',
    replace: '',
    why: 'a book that was first seen through the wrong account stays with it',
  },
  {
    file: OBSERVED,
    search: 'changed.endedAt === undefined ? changed : {',
    replace: 'changed.endedAt === undefined || changed.generation > 1 ? changed : {',
    why: 'analytics are not asked for again when a finished book has changed',
  },
  {
    file: OBSERVED,
    search: "if (own === 'always' || isOpen || entry.state !== undefined) {",
    replace: "if (own === 'always' || isOpen) {",
    why: 'income that an event has announced once is not asked for when its book has changed',
  },
  {
    file: OBSERVED,
    search: "} else if (own !== 'never' && KINDS[kind].probe) {",
    replace: '} else if (entry === undefined) {',
    why: 'a result whose announcement is lost is never found',
  },
  {
    file: OBSERVED,
    search: 'entries[kind] = { ...entry, nextAt: iso(now + (times.probes[0] ?? times.day)) };',
    replace: 'entries[kind] = markFor(entry, now, now + times.day);',
    why: 'a book lacks income that nothing has announced',
  },
  {
    file: OBSERVED,
    search: 'return book === undefined ? { ...marked, dueAt: iso(dueAt) } : dueBy(marked, dueAt);',
    replace: 'return marked;',
    why: 'a book that has changed waits for its regular look',
  },
];
