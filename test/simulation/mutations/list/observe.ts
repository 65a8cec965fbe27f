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
    search:
      'if (endsCapture) return book.endedAt === undefined || book.endedAt < iso(now - timing.times.repetition);',
    replace: 'if (endsCapture) return book.endedAt === undefined;',
    why: 'BOOK_VERIFIED, said again after days, does not find what was corrected',
  },
  {
    file: UNREADY,
    search: 'return documentKinds.length === 0 || named === undefined || !isCapturable(named);',
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
    search: '|| book.refused !== undefined || book.partial === true) return true;',
    replace: '|| book.refused !== undefined) return true;',
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
    search: 'if (corrected.length > 0 && isCapturable(document)) return true;',
    replace: 'if (corrected.length > 0 && isCapturable(document)) return false;',
    why: 'a document that was corrected in place is never asked for again',
  },
  {
    file: OBSERVE_DOCUMENTS,
    search: 'if (!isLong || (observation',
    replace: 'if ((observation',
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
    search: 'if (announcements.some(isNamed)) throw unreadableItem();',
    replace: '',
    why: 'the event of a document that cannot be read is finished',
  },
];
