import type { Mutation } from '../mutation.ts';

const RECORDS = 'shared/store/records.ts';
const BOOKS = 'shared/store/books.ts';
const DOCUMENTS = 'shared/store/documents.ts';
const RESULTS = 'shared/store/results.ts';
const PAGE_SETS = 'shared/store/page-sets.ts';
const LEDGER = 'shared/store/ledger.ts';
const CIRCUITS = 'shared/store/polling/circuits.ts';
const REFUSED_BOOKS = 'shared/store/polling/refused-books.ts';
const ENTRIES = 'shared/store/entries.ts';
const ENTRIES_0_1 = 'shared/store/entries-0.1.ts';
const REMOVE_BOOK_DATA = 'shared/store/removal/remove-book-data.ts';

export const STORE: readonly Mutation[] = [
  {
    file: RECORDS,
    search: '{ revision: { equals: current.revision } }',
    replace: '{ revision: { from: current.revision, to: Number.MAX_SAFE_INTEGER } }',
    why: 'a write replaces what another writer has written in between',
  },
  {
    file: BOOKS,
    search: '(isForgotten(book) ? book : merge(book))',
    replace: 'merge(book)',
    why: 'a function that was at work brings back a forgotten book',
  },
  {
    file: BOOKS,
    search: 'revision: Math.floor(now),',
    replace: 'revision: 0,',
    why: 'a write for a book that was removed changes the one that was created since',
  },
  {
    file: BOOKS,
    search: 'if (book.dueAt !== undefined && book.dueAt <= dueAt) return book;',
    replace: '',
    why: 'what is due later postpones a book that is due',
  },
  {
    file: DOCUMENTS,
    search: 'if (!isUnreadable(error)) throw error;',
    replace: 'throw error;',
    why: 'one document that cannot be read holds up its whole book',
  },
  {
    file: RESULTS,
    search: 'if (kept !== undefined && !isLater(answers, kept)) {',
    replace: 'if (kept !== undefined && isSame && !isLater(answers, kept)) {',
    why: 'an older body replaces a newer one',
  },
  {
    file: RESULTS,
    search: '{ exists: false } : equals(answered)',
    replace: '{ exists: false } : { exists: true }',
    why: 'an older body replaces the same body for a later mark, in a race',
  },
  {
    file: RESULTS,
    search: '    if (!isSame) await write.beforeChange?.(existing === undefined);',
    replace: '    if (!isSame) void write.beforeChange?.(existing === undefined);',
    why: 'a body is stored before the results that follow from it are marked',
  },
  {
    file: RESULTS,
    search: '        answered: write.answers.wanted,\n        generation',
    replace: '        generation',
    why: 'the same body again does not count for its mark, and an older one replaces it',
  },
  {
    file: RESULTS,
    search: 'existing === undefined ? IS_ABSENT : isStill(existing),',
    replace: 'undefined,',
    why: 'of two bodies at the same time the older one may stay',
  },
  {
    file: PAGE_SETS,
    search: 'if (set.id !== current?.id && isAbandoned)',
    replace: 'if (isAbandoned)',
    why: 'pages that readers see are removed',
  },
  {
    file: LEDGER,
    search: 'if (written.written || written.existing?.outcome !== RETRYING) return;',
    replace: 'if (!written.written) await table.put(item);',
    why: 'a delivery that is processed twice changes its final outcome',
  },
  {
    file: CIRCUITS,
    search:
      'return { ...circuit, canaryAt: iso(this.#now() + this.#pause(kind)) };\n    });\n    return isTaken;',
    replace: 'return circuit;\n    });\n    return isTaken;',
    why: 'every message takes the one call of the hour',
  },
  {
    file: REFUSED_BOOKS,
    search: 'if (notFound === undefined || isOutage || count < MIN_LOOKS) return false;',
    replace: 'if (notFound === undefined || count < MIN_LOOKS) return false;',
    why: 'an account that shows no book at all loses all of them',
  },
  {
    file: REFUSED_BOOKS,
    search: '  if (!isNotFound) return undefined;\n',
    replace: '',
    why: 'a book that a proxy refuses is concluded not to exist',
  },
  {
    file: REFUSED_BOOKS,
    search: 'Math.min(Math.max(age / 2, times.min), most)',
    replace: 'times.min',
    why: 'a book that Ocrolus refuses to show is asked about every five minutes',
  },
  {
    file: REFUSED_BOOKS,
    search: 'return refused?.elsewhere === true || !accounts.includes(account);',
    replace: 'return !accounts.includes(account);',
    why: 'a book whose account was removed sticks to the first account that refuses it',
  },
  {
    file: ENTRIES,
    search: "!KNOWN.has(name.split('#')[0] ?? '')) {",
    replace: "name === '') {",
    why: 'an entry that a later version has written makes its book unreadable',
  },
  {
    file: ENTRIES_0_1,
    search:
      "  if (version !== number) return state === 'stored' && !isOfDocument ? { wanted: 1, answered: 0 } : undefined;\n",
    replace: '',
    why: 'what version 0.1 stored of an earlier document version counts for the present one',
  },
  {
    file: REMOVE_BOOK_DATA,
    search: 'if (item.bookUuid === bookUuid) yield item;',
    replace: "if (item.bookUuid === 'none') yield item;",
    why: 'the payload of an event without a book stays when its book is forgotten',
  },
];
