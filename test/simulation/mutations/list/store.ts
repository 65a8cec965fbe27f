import type { Mutation } from '../mutation.ts';

const BOOKS = 'shared/store/books.ts';
const DOCUMENTS = 'shared/store/documents.ts';
const RESULTS = 'shared/store/results.ts';
const RECORDS = 'shared/store/records.ts';
const LEDGER = 'shared/store/ledger.ts';
const CIRCUITS = 'shared/store/polling/circuits.ts';
const RELOCATE = 'shared/store/relocate.ts';
const REFUSED = 'shared/store/polling/refused-books.ts';

export const STORE: readonly Mutation[] = [
  {
    file: RECORDS,
    search: "      : { expression: 'revision = :revision', values: { ':revision': current.revision } },",
    replace: "      : { expression: 'revision >= :revision', values: { ':revision': current.revision } },",
    why: 'a write replaces what another writer has written in between',
  },
  {
    file: BOOKS,
    search: '  if (book?.observedAt !== undefined && book.observedAt >= observedAt) return book;',
    replace: '',
    why: 'an older observation of a book replaces a newer one',
  },
  {
    file: BOOKS,
    search: '  const generation = book.generation + (isReopened ? 1 : 0);',
    replace: '  const generation = book.generation;',
    why: 'a finished book that changes keeps its generation, and its old results',
  },
  {
    file: BOOKS,
    search: '    entries: isReopened ? carryOver(book.entries, generation) : book.entries,',
    replace: '    entries: isReopened ? {} : book.entries,',
    why: 'a new generation forgets the requests and businesses that events have named',
  },
  {
    file: BOOKS,
    search: '    settled: undefined,\n    complete: isDeleted',
    replace: '    complete: isDeleted',
    why: 'a book that has changed stays settled',
  },
  {
    file: BOOKS,
    search:
      '    account: writer.account,\n    source: writer.source,\n    updatedAt: iso(writer.now),\n    observedAt,',
    replace: '    source: writer.source,\n    updatedAt: iso(writer.now),\n    observedAt,',
    why: 'a book that was first seen through the wrong account stays with it',
  },
  {
    file: BOOKS,
    search: '  if (book?.status === DELETED && observation.status !== DELETED) return book;',
    replace: '',
    why: 'a deleted book is stored again by an answer that was in flight',
  },
  {
    file: DOCUMENTS,
    search: '  if (known !== undefined && known.observedAt > observedAt) return known;',
    replace: '',
    why: 'an older observation of a document replaces a newer one',
  },
  {
    file: DOCUMENTS,
    search: '  const version = versionOf(known, { status: UNLISTED });',
    replace: '  const { version } = known;',
    why: 'a document that is listed again has its old results',
  },
  {
    file: RESULTS,
    search: "      expression: 'generation = :seen AND sha256 = :sha AND fetchedAt < :fetched',",
    replace: "      expression: 'generation = :seen AND sha256 = :sha AND fetchedAt <> :fetched',",
    why: 'an older answer replaces a newer result in a race',
  },
  {
    file: RESULTS,
    search: "    if (!isNewer && !isSame) return 'stale';",
    replace: '',
    why: 'an older answer is tried again as if it were newer',
  },
  {
    file: RESULTS,
    search: '        fetchedAt: write.fetchedAt > fetchedAt ? write.fetchedAt : fetchedAt,',
    replace: '        fetchedAt,',
    why: 'the same body again does not become newer than an answer in between',
  },
  {
    file: LEDGER,
    search: '  if (written.written || written.existing?.outcome !== RETRYING) return;',
    replace: '  if (!written.written) await table.put(item, { expression: "attribute_exists(bookId)" });',
    why: 'a delivery that is processed twice changes its final outcome',
  },
  {
    file: CIRCUITS,
    search: 'const BOOKS = 20;',
    replace: 'const BOOKS = 1_000_000;',
    why: 'a product that is not served costs calls for every book',
  },
  {
    file: CIRCUITS,
    search: '    if (known === undefined) return;\n    await this.#table.delete(',
    replace: '    if (known !== undefined) return;\n    await this.#table.delete(',
    why: 'an answer does not close an open circuit',
  },
  {
    file: CIRCUITS,
    search:
      '      return { ...circuit, canaryAt: iso(this.#now() + this.#pause(kind)) };\n    });\n    return isTaken;',
    replace: '      return circuit;\n    });\n    return isTaken;',
    why: 'every message takes the one call of the hour',
  },
  {
    file: RELOCATE,
    search:
      '    added[name] = isOpenLater ? withOpening(own, openedAt) : { ...entry, version: book.generation };',
    replace: '',
    why: 'what an event has opened under the pk of a book is lost with the move',
  },
  {
    file: RELOCATE,
    search: '  if (!isEmpty) return moved;',
    replace: '',
    why: 'the book of a pk goes although something was written to it in the meantime',
  },
  {
    file: REFUSED,
    search: '  if (notFound === undefined || isOutage || count < MIN_POLLS) return false;',
    replace: '  if (count < MIN_POLLS) return false;',
    why: 'a book that a proxy refuses is concluded not to exist',
  },
  {
    file: REFUSED,
    search: 'backoff(times.min, count, times.max);',
    replace: 'times.min;',
    why: 'a book that Ocrolus refuses to show is polled every five minutes',
  },
  {
    file: RELOCATE,
    search: '    if (isDocumentKind(wantOf(name, from.bookId).kind)) {',
    replace: '    if (name === "none") {',
    why: 'the book keeps an open entry for a document, which nothing closes',
  },
  {
    file: REFUSED,
    search: '  return refused?.elsewhere === true || !accounts.includes(account);',
    replace: '  return !accounts.includes(account);',
    why: 'a book whose account was removed sticks to the first account that refuses it',
  },
  {
    file: BOOKS,
    search: "        name === 'signals' && isAnnounced",
    replace: "        name === 'none' && isAnnounced",
    why: 'signals that an event has named are forgotten when the book begins a new generation',
  },
  {
    file: 'shared/store/removal/remove-book-data.ts',
    search: '    if (item.bookUuid === bookUuid) yield item;',
    replace: '    if (item.bookUuid === "none") yield item;',
    why: 'the payload of an event without a book stays when its book is forgotten',
  },
];
