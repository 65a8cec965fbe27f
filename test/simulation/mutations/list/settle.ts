import type { Mutation } from '../mutation.ts';

const SETTLE_FILE = 'shared/reconcile/settle.ts';
const PROGRESS = 'shared/reconcile/progress.ts';
const RECONCILE = 'shared/reconcile/reconcile.ts';
const REFUSE = 'shared/reconcile/book-status.ts';
const REPORT = 'shared/reconcile/report.ts';

export const SETTLE: readonly Mutation[] = [
  {
    file: SETTLE_FILE,
    search:
      '    const current = await readBook(table, bookId);\n    if (current === undefined || isForgotten(current))\n      return { book: current, lines: [], isNewlyStuck: false };\n    // Read after the book: a document that is marked later has changed the book, or its message is still at work.\n    const { byUuid, unreadable } =\n      learned.own === undefined ? await readDocuments(table, bookId) : { byUuid: undefined, unreadable: [] };\n',
    replace:
      '    const { byUuid, unreadable } =\n      learned.own === undefined ? await readDocuments(table, bookId) : { byUuid: undefined, unreadable: [] };\n    const current = await readBook(table, bookId);\n    if (current === undefined || isForgotten(current))\n      return { book: current, lines: [], isNewlyStuck: false };\n',
    why: 'a book is complete although a document was marked after it was read',
  },
  {
    file: SETTLE_FILE,
    search: 'unreadable.length === 0 &&',
    replace: '',
    why: 'a book is complete although a document of it cannot be read',
  },
  {
    file: SETTLE_FILE,
    search: 'documents.every((document) => !isListed(document) || isDone(document, answered.bookClass)),',
    replace: 'true,',
    why: 'a book is complete although a document is still being processed',
  },
  {
    file: SETTLE_FILE,
    search: 'if (isSuppressed(line, rules))',
    replace: 'if (isOpen(line) && times.min < 0)',
    why: 'what a circuit suppresses makes its book due every few minutes',
  },
  {
    file: SETTLE_FILE,
    search: 'return isOpen(line) ? [notServedAt(rules.circuit(line.want.kind), rules)] : [];',
    replace: 'return [];',
    why: 'what a circuit of some hours suppresses waits for weeks',
  },
  {
    file: SETTLE_FILE,
    search: '...(learned.isUnready && current.observedAt !== undefined && { partial: true }),',
    replace: '',
    why: 'a book is complete although an event announces what Book status does not show',
  },
  {
    file: SETTLE_FILE,
    search: 'if (isUntried(line)) return [mayPostpone ? now : soon];',
    replace: 'if (isUntried(line)) return [];',
    why: 'what was marked during a look waits for the regular one',
  },
  {
    file: SETTLE_FILE,
    search: 'if (isUnready && !isNoted) return iso(now + times.min);',
    replace: '',
    why: 'what Book status does not show yet is looked for at the regular time only',
  },
  {
    file: SETTLE_FILE,
    search: 'if (again !== undefined) dues.push',
    replace: "if (again !== undefined && again > '9999') dues.push",
    why: 'a look concludes that nothing is due while a message that was received twice is at work',
  },
  {
    file: SETTLE_FILE,
    search: 'const isPostponed = mayPostpone || (book.complete === true && book.refused === undefined);',
    replace: 'const isPostponed = true;',
    why: 'a delivery postpones a book that is due',
  },
  {
    file: SETTLE_FILE,
    search: '(book.complete === true && book.refused === undefined)',
    replace: 'book.complete === true',
    why: 'a delivery postpones a look that Book status has not answered',
  },
  {
    file: SETTLE_FILE,
    search: '        matchesDigest(answered, documents) &&\n',
    replace: '',
    why: 'a book of many documents is complete before a look has stored them all',
  },
  {
    file: SETTLE_FILE,
    search: 'if (isEqual(current, next) && !isMarked)',
    replace: 'if (isEqual(current, next))',
    why: 'a settle that has read the documents before a mark finds the book complete',
  },
  {
    file: SETTLE_FILE,
    search: '...(learned.isUnready && current.observedAt !== undefined && { partial: true }),',
    replace: '',
    why: 'a book is complete although Book status does not show what an event says of it',
  },
  {
    file: SETTLE_FILE,
    search:
      'if (own !== undefined && book.complete === false && book.endedAt !== undefined) dues.push(now + times.run);',
    replace: '',
    why: 'a book of many documents waits for its regular look to be complete',
  },
  {
    file: REFUSE,
    search: 'return isUnsettled ? { ...refused, account: nextAccount(accounts, account) } : refused;',
    replace:
      "return isUnsettled && refusal !== 'suppressed' ? { ...refused, account: nextAccount(accounts, account) } : refused;",
    why: 'a book waits for an account that is refused everything, although another one has it',
  },
  {
    file: 'shared/store/polling/refused-books.ts',
    search: 'const wait = isNext ? times.min : pause;',
    replace: 'const wait = pause;',
    why: 'after an outage, a book that the first account does not know waits for hours',
  },
  {
    file: PROGRESS,
    search: 'book.endedAt !== undefined && isDone && open.length === 0;',
    replace: 'book.endedAt !== undefined && isDone;',
    why: 'a book is complete although something of it is open',
  },
  {
    file: PROGRESS,
    search: 'const complete = book.endedAt !== undefined && isDone &&',
    replace: 'const complete = isDone &&',
    why: 'a book is complete before it is verified',
  },
  {
    file: RECONCILE,
    search: 'mayPostpone: focus.look !== undefined && observation !== undefined,',
    replace: 'mayPostpone: focus.look !== undefined,',
    why: 'a look that Book status did not answer postpones the book',
  },
  {
    file: RECONCILE,
    search:
      "    observed.generation > 1 && observed.endedAt === undefined && receivedAt < (observed.changedAt ?? '');",
    replace: "    observed.generation > 1000 && receivedAt < '';",
    why: 'a late copy of book.completed says that a reopened book is completed',
  },
  {
    file: REFUSE,
    search: "  if (refusal === 'throttled') return;\n",
    replace: '',
    why: 'a look without a permit counts as a refusal of its book',
  },
  {
    file: REPORT,
    search: 'isWorthRetrying: !asked.isThrottled && (report',
    replace: 'isWorthRetrying: (report',
    why: 'a delivery without a permit is delivered again within seconds',
  },
  {
    file: REPORT,
    search: '(report.isWorthRetrying || unready !== undefined),',
    replace: 'report.isWorthRetrying,',
    why: 'an event that comes before Book status shows it waits for minutes',
  },
];
