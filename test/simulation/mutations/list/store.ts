import { type Mutation, mutationsOf } from '../mutation.ts';

export const STORE: readonly Mutation[] = [
  ...mutationsOf('shared/store/records.ts', {
    'a write replaces what another writer has written in between': [
      '{ revision: { equals: current.revision } }',
      '{ revision: { from: current.revision, to: Number.MAX_SAFE_INTEGER } }',
    ],
  }),
  ...mutationsOf('shared/store/books.ts', {
    'a function that was at work brings back a forgotten book': [
      '(isForgotten(book) ? book : merge(book))',
      'merge(book)',
    ],
    'a write for a book that was removed changes the one that was created since': [
      'revision: Math.floor(now),',
      'revision: 0,',
    ],
    'what is due later postpones a book that is due': [
      'if (book.dueAt !== undefined && book.dueAt <= dueAt) return book;',
      '',
    ],
  }),
  ...mutationsOf('shared/store/documents.ts', {
    'one document that cannot be read holds up its whole book': [
      'if (!isUnreadable(error)) throw error;',
      'throw error;',
    ],
  }),
  ...mutationsOf('shared/store/results.ts', {
    'an older body replaces a newer one': [
      'if (kept !== undefined && !isLater(answers, kept)) {',
      'if (kept !== undefined && isSame && !isLater(answers, kept)) {',
    ],
    'an older body replaces the same body for a later mark, in a race': [
      '{ exists: false } : equals(answered)',
      '{ exists: false } : { exists: true }',
    ],
    'a body is stored before the results that follow from it are marked': [
      '    if (!isSame) await write.beforeChange?.(existing === undefined);',
      '    if (!isSame) void write.beforeChange?.(existing === undefined);',
    ],
    'the same body again does not count for its mark, and an older one replaces it': [
      '        answered: write.answers.wanted,\n        generation',
      '        generation',
    ],
    'of two bodies at the same time the older one may stay': [
      'existing === undefined ? IS_ABSENT : isStill(existing),',
      'undefined,',
    ],
  }),
  ...mutationsOf('shared/store/page-sets.ts', {
    'pages that readers see are removed': ['if (set.id !== current?.id && isAbandoned)', 'if (isAbandoned)'],
  }),
  ...mutationsOf('shared/store/ledger.ts', {
    'a delivery that is processed twice changes its final outcome': [
      'if (written.written || written.existing?.outcome !== RETRYING) return;',
      'if (!written.written) await table.put(item);',
    ],
  }),
  ...mutationsOf('shared/store/polling/circuits.ts', {
    'every message takes the one call of the hour': [
      'return { ...circuit, canaryAt: iso(this.#now() + this.#pause(kind)) };\n    });\n    return isTaken;',
      'return circuit;\n    });\n    return isTaken;',
    ],
  }),
  ...mutationsOf('shared/store/polling/refused-books.ts', {
    'an account that shows no book at all loses all of them': [
      'if (notFound === undefined || isOutage || count < MIN_LOOKS) return false;',
      'if (notFound === undefined || count < MIN_LOOKS) return false;',
    ],
    'a book that a proxy refuses is concluded not to exist': ['  if (!isNotFound) return undefined;\n', ''],
    'a book that Ocrolus refuses to show is asked about every five minutes': [
      'Math.min(Math.max(age / 2, times.min), most)',
      'times.min',
    ],
    'a book whose account was removed sticks to the first account that refuses it': [
      'return refused?.elsewhere === true || !accounts.includes(account);',
      'return !accounts.includes(account);',
    ],
  }),
  ...mutationsOf('shared/store/entries.ts', {
    'an entry that a later version has written makes its book unreadable': [
      "!KNOWN.has(name.split('#')[0] ?? '')) {",
      "name === '') {",
    ],
  }),
  ...mutationsOf('shared/store/entries-0.1.ts', {
    'what version 0.1 stored of an earlier document version counts for the present one': [
      "  if (version !== number) return state === 'stored' && !isOfDocument ? { wanted: 1, answered: 0 } : undefined;\n",
      '',
    ],
  }),
  ...mutationsOf('shared/store/removal/remove-book-data.ts', {
    'the payload of an event without a book stays when its book is forgotten': [
      'if (item.bookUuid === bookUuid) yield item;',
      "if (item.bookUuid === 'none') yield item;",
    ],
  }),
];
