import { type Mutation, mutationsOf } from '../mutation.ts';

export const SETTLE: readonly Mutation[] = [
  ...mutationsOf('shared/reconcile/settle.ts', {
    'a book is complete although a document was marked after it was read': [
      '    const current = await readBook(table, bookId);\n    if (current === undefined || isForgotten(current))\n      return { book: current, lines: [], isNewlyStuck: false };\n    // Read after the book: a document that is marked later has changed the book, or its message is still at work.\n    const { byUuid, unreadable } =\n      learned.own === undefined ? await readDocuments(table, bookId) : { byUuid: undefined, unreadable: [] };\n',
      '    const { byUuid, unreadable } =\n      learned.own === undefined ? await readDocuments(table, bookId) : { byUuid: undefined, unreadable: [] };\n    const current = await readBook(table, bookId);\n    if (current === undefined || isForgotten(current))\n      return { book: current, lines: [], isNewlyStuck: false };\n',
    ],
    'a book is complete although a document of it cannot be read': ['unreadable.length === 0 &&', ''],
    'a book is complete although a document is still being processed': [
      'documents.every((document) => !isListed(document) || isDone(document, answered.bookClass)),',
      'true,',
    ],
    'what a circuit suppresses makes its book due every few minutes': [
      'if (isSuppressed(line, rules))',
      'if (isOpen(line) && times.min < 0)',
    ],
    'what a circuit of some hours suppresses waits for weeks': [
      'return isOpen(line) ? [notServedAt(rules.circuit(line.want.kind), rules)] : [];',
      'return [];',
    ],
    'a book is complete although an event announces what Book status does not show': [
      '...(learned.isUnready && current.observedAt !== undefined && { partial: true }),',
      '',
    ],
    'what was marked during a look waits for the regular one': [
      'if (isUntried(line)) return [mayPostpone ? now : soon];',
      'if (isUntried(line)) return [];',
    ],
    'what Book status does not show yet is looked for at the regular time only': [
      'if (isUnready && !isNoted) return iso(now + times.min);',
      '',
    ],
    'a look concludes that nothing is due while a message that was received twice is at work': [
      'if (again !== undefined) dues.push',
      "if (again !== undefined && again > '9999') dues.push",
    ],
    'a delivery postpones a book that is due': [
      'const isPostponed = mayPostpone || (book.complete === true && book.refused === undefined);',
      'const isPostponed = true;',
    ],
    'a delivery postpones a look that Book status has not answered': [
      '(book.complete === true && book.refused === undefined)',
      'book.complete === true',
    ],
    'a book of many documents is complete before a look has stored them all': [
      '        matchesDigest(answered, documents) &&\n',
      '',
    ],
    'a settle that has read the documents before a mark finds the book complete': [
      'if (isEqual(current, next) && !isMarked)',
      'if (isEqual(current, next))',
    ],
    'a book is complete although Book status does not show what an event says of it': [
      '...(learned.isUnready && current.observedAt !== undefined && { partial: true }),',
      '',
    ],
    'a book of many documents waits for its regular look to be complete': [
      'if (own !== undefined && book.complete === false && book.endedAt !== undefined) dues.push(now + times.run);',
      '',
    ],
  }),
  ...mutationsOf('shared/reconcile/book-status.ts', {
    'a book waits for an account that is refused everything, although another one has it': [
      'return isUnsettled ? { ...refused, account: nextAccount(accounts, account) } : refused;',
      "return isUnsettled && refusal !== 'suppressed' ? { ...refused, account: nextAccount(accounts, account) } : refused;",
    ],
    'a look without a permit counts as a refusal of its book': [
      "  if (refusal === 'throttled') return;\n",
      '',
    ],
  }),
  ...mutationsOf('shared/store/polling/refused-books.ts', {
    'after an outage, a book that the first account does not know waits for hours': [
      'const wait = isNext ? times.min : pause;',
      'const wait = pause;',
    ],
  }),
  ...mutationsOf('shared/reconcile/progress.ts', {
    'a book is complete although something of it is open': [
      'book.endedAt !== undefined && isDone && open.length === 0;',
      'book.endedAt !== undefined && isDone;',
    ],
    'a book is complete before it is verified': [
      'const complete = book.endedAt !== undefined && isDone &&',
      'const complete = isDone &&',
    ],
  }),
  ...mutationsOf('shared/reconcile/reconcile.ts', {
    'a look that Book status did not answer postpones the book': [
      'mayPostpone: focus.look !== undefined && observation !== undefined,',
      'mayPostpone: focus.look !== undefined,',
    ],
    'a late copy of book.completed says that a reopened book is completed': [
      "    observed.generation > 1 && observed.endedAt === undefined && receivedAt < (observed.changedAt ?? '');",
      "    observed.generation > 1000 && receivedAt < '';",
    ],
  }),
  ...mutationsOf('shared/reconcile/report.ts', {
    'a delivery without a permit is delivered again within seconds': [
      'isWorthRetrying: !asked.isThrottled && (report',
      'isWorthRetrying: (report',
    ],
    'an event that comes before Book status shows it waits for minutes': [
      '(report.isWorthRetrying || unready !== undefined),',
      'report.isWorthRetrying,',
    ],
  }),
];
