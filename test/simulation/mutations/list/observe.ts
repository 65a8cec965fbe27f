import type { Mutation } from '../mutation.ts';

const OBSERVE_FILE = 'shared/reconcile/observe.ts';
const UNREADY = 'shared/reconcile/unready.ts';
const OBSERVE_DOCUMENTS = 'shared/reconcile/observe-documents.ts';
const READ = 'shared/reconcile/read.ts';

export const OBSERVE: readonly Mutation[] = [
  {
    file: OBSERVE_FILE,
    search: 'if (repeated.length > 0 || look?.isRepeated === true)',
    replace: 'if (repeated.length > 1000)',
    why: 'a message that is received again does not note that it may have died',
  },
  {
    file: OBSERVE_FILE,
    search: 'if (repeated.length > 0 || look?.isRepeated === true)',
    replace: 'if (repeated.length > 0)',
    why: 'a look that is received again does not note that it may have died',
  },
  {
    file: OBSERVE_FILE,
    search: 'if (isNew) await forgetIfPkIsForgotten(',
    replace: 'if (!isNew) await forgetIfPkIsForgotten(',
    why: 'a book that was forgotten by its pk is stored again',
  },
  {
    file: UNREADY,
    search: 'if (endsCapture) return book.endedAt === undefined || mayBeCorrection(book, timing);',
    replace: 'if (endsCapture) return book.endedAt === undefined;',
    why: 'BOOK_VERIFIED, said again after days, does not find what was corrected',
  },
  {
    file: UNREADY,
    search: "source === 'poll' ? Math.min(times.grace, times.repetition) : times.repetition",
    replace: 'times.repetition',
    why: 'a correction after a look has fetched what ended hours ago counts as a copy of the first announcement',
  },
  {
    file: 'shared/reconcile/announcement.ts',
    search: '(upload?.mixed === true ? part : undefined) ??',
    replace: '',
    why: 'an event about a part of a split PDF marks the PDF, which has no results',
  },
  {
    file: 'shared/reconcile/announcement.ts',
    search: '(isByPart ? all.find(({ otherUuid }) => otherUuid === docUuid) : undefined) ??',
    replace: '',
    why: 'a document is not found by the uuid that only an earlier event has explained',
  },
  {
    file: 'shared/reconcile/announcement.ts',
    search: 'const isByPart = docUuid !== undefined && uploadedDocUuid === undefined;',
    replace: 'const isByPart = docUuid !== undefined;',
    why: 'an event about an unknown document marks another one with the same other uuid',
  },
  {
    file: 'shared/reconcile/observe-documents.ts',
    search: 'observation !== undefined && observation.isPartial !== true;',
    replace: 'observation !== undefined;',
    why: 'a correction is lost to an answer of which a part cannot be read',
  },
  {
    file: 'shared/reconcile/apply-observation.ts',
    search: 'partial: observation.isPartial ?? (isDoubted(before, observedAt) ? true : undefined),',
    replace: 'partial: observation.isPartial,',
    why: 'a book is complete because Book status does not show yet what an event says of it',
  },
  {
    file: 'shared/reconcile/progress.ts',
    search: 'return [...open.filter(isOfDocuments), ...unknown];',
    replace: 'return open.filter(isOfDocuments);',
    why: 'a large book of which nothing is stored seems to lack no forms',
  },
  {
    file: OBSERVE_FILE,
    search: 'return otherUuid === undefined ? document : { ...document, otherUuid };',
    replace: 'return document;',
    why: 'a document is not found by its other uuid where Book status is asked',
  },
  {
    file: 'shared/reconcile/progress.ts',
    search: '(book.endedAt === undefined || book.hasResults !== true)',
    replace: 'book.endedAt === undefined',
    why: 'analytics of an earlier generation look current where no document has results any more',
  },
  {
    file: UNREADY,
    search: 'return documentKinds.length === 0 || named === undefined || !isCaptured(named);',
    replace: 'return true;',
    why: 'each event about a document costs a call of Book status, whatever is stored',
  },
  {
    file: OBSERVE_FILE,
    search: '    for (const kind of own.kinds) marked.add(',
    replace: '    for (const kind of [] as ResultKind[]) marked.add(',
    why: 'what an event names of a stored document waits for the next look',
  },
  {
    file: OBSERVE_FILE,
    search: '  const written = await writeDocuments(',
    replace:
      '  await updateBook(context.table, bookId, (current) => observeBook(current, { observation, writer: context.writer, policy: dependencies.policy, times: dependencies.times }));\n  const written = await writeDocuments(',
    why: 'a book is written before its documents, and a crash in between leaves them as they were',
  },
  {
    file: OBSERVE_FILE,
    search: '!matters(current, observation) && wants.length === 0;',
    replace: '!matters(current, observation);',
    why: 'what an event names of a book that has not changed is not marked',
  },
  {
    file: OBSERVE_FILE,
    search: 'if (book.partial === true && !isDoubted(book, observation.observedAt)) return true;',
    replace: '',
    why: 'a book stays incomplete after Book status has shown what an event says',
  },
  {
    file: OBSERVE_FILE,
    search: '(isFinished || book.stuck === true) && book.digest',
    replace: 'book.stuck === true && book.digest',
    why: 'a document that is added to a finished book starts no new generation',
  },
  {
    file: OBSERVE_FILE,
    search: 'return { ...shown, dueAt: iso(now + dependencies.times.run), dueShard: dueShard(bookId) };',
    replace: 'return shown;',
    why: 'a long look is handed over again while it works',
  },
  {
    file: OBSERVE_DOCUMENTS,
    search: '    if (seen.unreadable.has(document.docUuid)) return false;\n',
    replace: '',
    why: 'one document that cannot be read holds up the look at its book',
  },
  {
    file: OBSERVE_DOCUMENTS,
    search: ': seen.isWhole && differs(document);',
    replace: ': false;',
    why: 'a look does not compare the documents that no event has named',
  },
  {
    file: OBSERVE_DOCUMENTS,
    search: 'if (corrected.length > 0 && isCaptured(document)) return true;',
    replace: 'if (corrected.length > 0 && isCaptured(document)) return false;',
    why: 'a document that was corrected in place is never asked for again',
  },
  {
    file: OBSERVE_DOCUMENTS,
    search: 'if (!isWhole || book === undefined || !mayBeCorrection(book, timing)) return [];',
    replace: 'if (!isWhole || book?.endedAt === undefined) return [];',
    why: 'each copy of BOOK_VERIFIED asks for all documents again',
  },
  {
    file: UNREADY,
    search: "return isOver ? undefined : 'book-not-verified';",
    replace: 'return undefined;',
    why: 'BOOK_VERIFIED is finished although Book status does not show it yet',
  },
  {
    file: UNREADY,
    search: 'if (named.length === 0) return `',
    replace: 'if (named.length === 1000) return `',
    why: 'the event of a document that is not listed yet is finished',
  },
  {
    file: READ,
    search: 'if (announcements.length === 0 && !isDue(book, look, context.now)) return undefined;',
    replace: '',
    why: 'a second look at a book asks for everything again',
  },
  {
    file: READ,
    search: 'context.account = accountOf(book, focus, context) ?? context.account;',
    replace: '',
    why: 'a book is asked about with the account that its event came through',
  },
  {
    file: READ,
    search: 'if (unreadable.length > 0 && announcements.some(isNamed)) throw unreadableItem();',
    replace: '',
    why: 'the event of a document that cannot be read is finished',
  },
];
