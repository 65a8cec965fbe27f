import { mutationsIn } from '../mutation.ts';

export const OBSERVING = mutationsIn(`
shared/reconcile/observation/observe.ts
  a message that is received again does not note that it may have died
  - if (repeated.length > 0 || look?.isRepeated === true)
  + if (repeated.length > 1000)
  a look that is received again does not note that it may have died
  - if (repeated.length > 0 || look?.isRepeated === true)
  + if (repeated.length > 0)
  a book that was forgotten by its pk is stored again
  - if (isNew) await forgetIfPkIsForgotten(
  + if (!isNew) await forgetIfPkIsForgotten(
  what an event names of a stored document waits for the next look
  - for (const kind of own.kinds) marked.add(
  + for (const kind of [] as ResultKind[]) marked.add(
  a book is written before its documents, and a crash in between leaves them as they were
  - const written = await writeDocuments(
  + await updateBook(context.table, bookId, (current) => observeBook(current, { observation, writer: context.writer, policy: dependencies.policy, times: dependencies.times }));
  +   const written = await writeDocuments(
  what an event names of a book that has not changed is not marked
  - !matters(current, observation) && wants.length === 0;
  + !matters(current, observation);
  a book stays incomplete after Book status has shown what an event says
  - if (book.partial === true && !isDoubted(book, observation.observedAt)) return true;
  a document that is added to a finished book starts no new generation
  - (isFinished || book.stuck === true) && book.digest
  + book.stuck === true && book.digest
  a long look is handed over again while it works
  - return { ...shown, dueAt: iso(now + dependencies.times.run), dueShard: dueShard(bookId) };
  + return shown;

shared/reconcile/unready.ts
  BOOK_VERIFIED, said again after days, does not find what was corrected
  - if (endsCapture) return book.endedAt === undefined || mayBeCorrection(book, timing);
  + if (endsCapture) return book.endedAt === undefined;
  a correction after a look has fetched what ended hours ago counts as a copy of the first announcement
  - source === 'poll' ? Math.min(times.grace, times.repetition) : times.repetition
  + times.repetition
  each event about a document costs a call of Book status, whatever is stored
  - return documentKinds.length === 0 || named === undefined || !isCaptured(named);
  + return true;
  BOOK_VERIFIED is finished although Book status does not show it yet
  - return isOver ? undefined : 'book-not-verified';
  + return undefined;
  the event of a document that is not listed yet is finished
  - if (named.length === 0) return \`
  + if (named.length === 1000) return \`

shared/reconcile/announcement.ts
  an event about a part of a split PDF marks the PDF, which has no results
  - (upload?.mixed === true ? part : undefined) ??
  a document is not found by the uuid that only an earlier event has explained
  - (isByPart ? all.find(({ otherUuid }) => otherUuid === docUuid) : undefined) ??
  an event about an unknown document marks another one with the same other uuid
  - const isByPart = docUuid !== undefined && uploadedDocUuid === undefined;
  + const isByPart = docUuid !== undefined;

shared/reconcile/observation/documents.ts
  a correction is lost to an answer of which a part cannot be read
  - observation !== undefined && observation.isPartial !== true;
  + observation !== undefined;
  one document that cannot be read holds up the look at its book
  - if (seen.unreadable.has(document.docUuid)) return false;
  a look does not compare the documents that no event has named
  - : seen.isWhole && differs(document);
  + : false;
  a document that was corrected in place is never asked for again
  - if (corrected.length > 0 && isCaptured(document)) return true;
  + if (corrected.length > 0 && isCaptured(document)) return false;
  each copy of BOOK_VERIFIED asks for all documents again
  - if (!isWhole || book === undefined || !mayBeCorrection(book, timing)) return [];
  + if (!isWhole || book?.endedAt === undefined) return [];

shared/reconcile/observation/apply.ts
  a document is not found by its other uuid where Book status is asked
  - ...(otherUuid !== undefined && { otherUuid }),
  + ...{},
  a book is complete because Book status does not show yet what an event says of it
  - partial: observation.isPartial ?? (isDoubted(before, observedAt) ? true : undefined),
  + partial: observation.isPartial,

shared/reconcile/progress.ts
  a large book of which nothing is stored seems to lack no forms
  - return [...open.filter(isOfDocuments), ...unknown];
  + return open.filter(isOfDocuments);
  analytics of an earlier generation look current where no document has results any more
  - (book.endedAt === undefined || book.hasResults !== true)
  + book.endedAt === undefined

shared/reconcile/read.ts
  a second look at a book asks for everything again
  - if (announcements.length === 0 && !isDue(book, look, context.now)) return undefined;
  a book is asked about with the account that its event came through
  - context.account = accountOf(book, focus, context) ?? context.account;
  the event of a document that cannot be read is finished
  - if (unreadable.length > 0 && announcements.some(isNamed)) throw unreadableItem();

shared/store/results.ts
  a result of which a later page has changed keeps its generation
  - existing?.sha256 === hash && PageSet
  + existing?.sha256 === hash || PageSet

shared/reconcile/results/fetch.ts
  a result of two answers counts as new as the later one
  - (isLater(a, b) ? b : a)
  + (isLater(a, b) ? a : b)
  income counts as stored although its summary is not ready
  - 'not-yet': 3,
  + 'not-yet': -1,
  an answer that was not stored counts as the body that is
  - return { class: 'stored', ...answers, written: outcome };
  + return { class: 'stored', ...asked, written: outcome };

shared/reconcile/results/analytics.ts
  the result of a job closes what was marked after its start
  - wanted: job.wanted, isJob: true };
  + wanted, isJob: true };
  what a job has computed counts as new as its download
  - { ...result.answer, askedAt: job.at }
  + result.answer
  a job that Ocrolus does not know any more is asked for without end
  - if (reply.code === 'http-404' || isOver) return undefined;

shared/reconcile/results/enriched-transactions.ts
  pages that were asked for before a mark are part of its answer
  - page.generation < generation || page.answered < wanted
  + page.generation < generation
  rows that were added while the pages were read are missing
  - if (again === undefined || fingerprint(again, reply.answer) !== print) return 'changed';
  a set of which another function has removed a page becomes the result
  - if (own.length !== pages - 1)
  + if (all.length > 1_000_000)
  an empty page before the end cuts off the rest of the transactions
  - return isEmpty ? context.fetchAgain(call) : reply;
  + return reply;

shared/reconcile/results/enriched-page.ts
  only the first page of enriched transactions is fetched
  - if (length === 0) return true;
  + return true;

shared/reconcile/results/signals.ts
  signals of a document that Detect refuses are not asked for with those of its book
  - wanted, at: reply.askedAt, marks };
  + wanted, at: reply.askedAt };
`);
