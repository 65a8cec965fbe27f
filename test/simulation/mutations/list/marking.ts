import { mutationsIn } from '../mutation.ts';

export const MARKING = mutationsIn(`
shared/checklist/lines.ts
  analytics of a book without any results are missing
  - return endedAt !== undefined && (hasResults === true || kind === 'classification');
  + return endedAt !== undefined;
  a new document is asked for before its event had time to come
  - lineOf(want, { ...NO_ENTRY, tried: 1, tries: 0, nextAt }, 1, rules)
  + lineOf(want, NO_ENTRY, 1, rules)
  a product that the contract lacks keeps every book incomplete
  - const isServed = !isNotServed(circuit, rules) || isExempt(circuit, entry, wanted);
  + const isServed = true;
  what an event announces waits for an hour because other books lack it
  - return circuit.state !== 'closed' && !isExempt(circuit, entry, wanted);
  + return circuit.state !== 'closed';
  analytics are not asked for again when a document is corrected
  - return KINDS[kind].derived === true;
  + return KINDS[kind].derived === undefined;

shared/checklist/circuit-state.ts
  after an outage, or a new mark, what other books lack waits behind the circuit
  - const isRefused = tried >= wanted && tries > 0 && isAboutBook(code);
  + const isRefused = tries > 0;
  a circuit stops nothing that is open
  - return isOnlyMissing(circuit) && !isRefused;
  + return isOnlyMissing(circuit);
  what an event announces is not asked for while other books are refused without a reason
  - hasNoCode(circuit.code)
  + false
  an outage of minutes makes a product count as not served
  - return Date.parse(circuit.since) + times.notServed;
  + return Date.parse(circuit.since);

shared/checklist/observation.ts
  a document that changes its status changes nothing about its book
  - [bookClass, status, ...lines].join('\\n')
  + [bookClass, status, lines.length].join('\\n')
  a book that is only classified never ends
  - (status === 'CLASSIFIED' && isClassifying(documentClass ?? bookClass))
  + false
  a document that is upgraded counts as finished, because its book is only classified
  - isClassifying(documentClass ?? bookClass)
  + isClassifying(bookClass)
  a document that could not be read counts as removed
  - if (isPartial === true) return [];

shared/checklist/next-look.ts
  a book that is not complete is never looked at after the horizon
  - return age > times.horizon && book.complete === true ? undefined : times.month;
  + return age > times.horizon ? undefined : times.month;
  a new book whose webhooks are lost is looked at after six hours
  - return Math.min(Math.max(age / 2, min), max);
  + return max;
  a finished book is looked at every five minutes
  - if (next !== undefined) return Math.max(next - age, 0);
  + if (next !== undefined) return times.min;
  an event about a complete book takes the place of a look
  - book.observedAt === undefined ? age : Math.max(0, Date.parse(book.observedAt) - changedAt)
  + age

shared/checklist/answer.ts
  a result of hundreds of pages is never whole
  - if (answer.class === 'not-yet' && answer.goesOn === true) return times.min;

shared/reconcile/mark.ts
  what is marked for later does not make a complete book due
  - const isScheduled = at === undefined && book.dueAt !== undefined;
  + const isScheduled = true;
  a book counts as complete while something of it is marked
  - return { ...due, open, complete: false, completeAt: undefined };
  + return { ...due, open };
  an event of the whole book asks again for documents that are stored
  - if (isSummary) continue;
  signals of a document that Book status does not list are not asked for
  - return [...own, { kind: 'signals', subject: bookId }];
  + return [...own];
  signals of a document that is no longer listed are not asked for
  - if (!isOfDetect || named.some((one) => isListed(one) && one.mixed !== true)) return
  + if (!isOfDetect || named.length > 0) return
  of two corrections within minutes, the second is not fetched
  - isRecent ? markFor(entries[kind], now, now + times.grace) : mark
  + isRecent ? (entries[kind] ?? NO_ENTRY) : mark
  results that are computed from a corrected document stay as they were
  - if (book?.endedAt === undefined) return book;
  + return book;
  analytics are asked for before they are computed from the corrected document
  - return markResults(book, wants, context, now + dependencies.times.grace);
  + return markResults(book, wants, context, now);
  a result that an event has announced once is not asked for again when a document is corrected
  - const isKnown = state === 'stored' || isOpen;
  + const isKnown = isOpen;
  the mark on what takes the place of a result is not awaited, and is lost with the function
  - await updateBook(context.table, context.bookId, (book) => book && markResults
  + void updateBook(context.table, context.bookId, (book) => book && markResults
  what a function that dies has left is not looked for
  - again: isNoted ? book.again : iso(again) }
  + again: book.again }
  a book counts as complete while a message that was received twice is at work
  - const isComplete = book.complete !== undefined && {
  + const isComplete = book.complete === null && {
  a message that dies long after another is not looked for
  - const isNoted = noted > again - times.run / 2 && noted <= again;
  + const isNoted = noted > 0;
  a correction is forgotten if its result is not wanted for a while
  - if (isUnwanted && entries[name]?.state === undefined) continue;
  + if (isUnwanted) continue;

shared/reconcile/results/fetch.ts
  a part that is refused to every book stops the other part
  - const isServed = all.some((one) => one.class !== 'refused');
  + const isServed = false;
  one answer of a proxy gives up a part of a result
  - return !hasNoCode(code) ||
  + return true ||

functions/poller/listed-book.ts
  an event takes the place of the comparison that a backfill asks for
  - dueBy({ ...current, again: iso(dueAt) }, dueAt)
  + dueBy(current, dueAt)

shared/reconcile/observation/observe.ts
  an event about a book that was refused for weeks waits for weeks
  - return dueBy({ ...book, refused: { ...book.refused, since: iso(now) } }, now + times.min);
  + return book;

shared/reconcile/observation/apply.ts
  an older observation of a document replaces a newer one
  - if (known !== undefined && (known.observedAt > observedAt || isStoredAs(known, document))) return known;
  + if (known !== undefined && isStoredAs(known, document)) return known;
  what was stored of a document counts for the state that it is in now
  - const isMarked = known !== undefined && isInOtherState(known, document);
  + const isMarked = false;
  an older observation of a book replaces a newer one
  - if (book?.observedAt !== undefined && book.observedAt >= observedAt) return book;
  an answer that was on its way brings back a deleted book
  - if (book?.status === DELETED && status !== DELETED) return book;
  a finished book that changes keeps its generation
  - generation: before.generation + (isReopened ? 1 : 0),
  a book that was first seen through the wrong account stays with it
  - account: writer.account,
  analytics are not asked for again when a finished book has changed
  - changed.endedAt === undefined ? changed : {
  + changed.endedAt === undefined || changed.generation > 1 ? changed : {
  income that an event has announced once is not asked for when its book has changed
  - if (own === 'always' || isOpen || entry.state !== undefined) {
  + if (own === 'always' || isOpen) {
  a result whose announcement is lost is never found
  - } else if (own !== 'never' && KINDS[kind].probe) {
  + } else if (entry === undefined) {
  a book lacks income that nothing has announced
  - entries[kind] = { ...entry, nextAt: iso(now + (times.probes[0] ?? times.day)) };
  + entries[kind] = markFor(entry, now, now + times.day);
  a book that has changed waits for its regular look
  - return book === undefined ? { ...marked, dueAt: iso(dueAt) } : dueBy(marked, dueAt);
  + return marked;
`);
