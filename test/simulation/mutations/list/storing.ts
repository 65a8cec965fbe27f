import { mutationsIn } from '../mutation.ts';

export const STORING = mutationsIn(`
shared/reconcile/completion.ts
  a book is announced again whenever it is complete again
  - known.digest === digest ? known : { at
  + { at
functions/publisher/changes.ts
  a result is announced again with each renewed answer
  - if (isSame) return [];
shared/reconcile/settle.ts
  a book is complete although a document was marked after it was read
  -     const current = await readBook(table, bookId);
  -     if (current === undefined || isForgotten(current))
  -       return { book: current, lines: [], isNewlyStuck: false };
  -     // Read after the book: a document that is marked later has changed the book, or its message is still at work.
  -     const { byUuid, unreadable } =
  -       learned.own === undefined ? await readDocuments(table, bookId) : { byUuid: undefined, unreadable: [] };
  +     const { byUuid, unreadable } =
  +       learned.own === undefined ? await readDocuments(table, bookId) : { byUuid: undefined, unreadable: [] };
  +     const current = await readBook(table, bookId);
  +     if (current === undefined || isForgotten(current))
  +       return { book: current, lines: [], isNewlyStuck: false };
  a book is complete although a document of it cannot be read
  - unreadable.length === 0 &&
  a book is complete although a document is still being processed
  - documents.every((document) => !isListed(document) || isDone(document, answered.bookClass)),
  + true,
  what a circuit suppresses makes its book due every few minutes
  - if (isSuppressed(line, rules))
  + if (isOpen(line) && times.min < 0)
  what a circuit of some hours suppresses waits for weeks
  - return isOpen(line) ? [lookWhileSuppressed(line, rules)] : [];
  + return [];
  a book is complete although an event announces what Book status does not show
  - ...(learned.isUnready && current.observedAt !== undefined && { partial: true }),
  what was marked during a look waits for the regular one
  - if (isUntried(line)) return [mayPostpone ? now : soon];
  + if (isUntried(line)) return [];
  what Book status does not show yet is looked for at the regular time only
  - if (isUnready && !isNoted) return iso(now + times.min);
  a look concludes that nothing is due while a message that was received twice is at work
  - if (again !== undefined) dues.push
  + if (again !== undefined && again > '9999') dues.push
  a delivery postpones a book that is due
  - const isPostponed = mayPostpone || (book.complete === true && book.refused === undefined);
  + const isPostponed = true;
  a delivery postpones a look that Book status has not answered
  - (book.complete === true && book.refused === undefined)
  + book.complete === true
  a book of many documents is complete before a look has stored them all
  - matchesDigest(answered, documents) &&
  a settle that has read the documents before a mark finds the book complete
  - if (isEqual(current, next) && !isMarked)
  + if (isEqual(current, next))
  a body that was stored while its book was complete is not announced
  - if (next.complete === true) next = await
  + if (next.complete === true && current.complete !== true) next = await
  a book of many documents waits for its regular look to be complete
  - if (own !== undefined && book.complete === false && book.endedAt !== undefined) dues.push(now + times.run);

shared/reconcile/book-status.ts
  a book waits for an account that is refused everything, although another one has it
  - return isUnsettled ? { ...refused, account: nextAccount(accounts, account) } : refused;
  + return isUnsettled && refusal !== 'suppressed' ? { ...refused, account: nextAccount(accounts, account) } : refused;
  a look without a permit counts as a refusal of its book
  - if (refusal === 'throttled') return;

shared/store/polling/refused-books.ts
  after an outage, a book that the first account does not know waits for hours
  - const wait = isNext ? times.min : pause;
  + const wait = pause;
  an account that shows no book at all loses all of them
  - if (notFound === undefined || code !== BOOK_NOT_FOUND || isOutage || count < MIN_LOOKS) return false;
  + if (notFound === undefined || code !== BOOK_NOT_FOUND || count < MIN_LOOKS) return false;
  after an outage, a book that the first account says is of another waits for hours
  - return before === undefined ? undefined : { ...before, accounts: [] };
  + return before;
  a book that a proxy refuses is concluded not to exist
  - if (look.code !== BOOK_NOT_FOUND && look.code !== BOOK_OF_ANOTHER) return undefined;
  a book that Ocrolus refuses to show is asked about every five minutes
  - Math.min(Math.max(age / 2, times.min), most)
  + times.min
  a book whose account was removed sticks to the first account that refuses it
  - return refused?.elsewhere === true || !accounts.includes(account);
  + return !accounts.includes(account);

shared/reconcile/progress.ts
  a book is complete although something of it is open
  - book.endedAt !== undefined && isDone && open.length === 0;
  + book.endedAt !== undefined && isDone;
  a book is complete before it is verified
  - const complete = book.endedAt !== undefined && isDone &&
  + const complete = isDone &&

shared/reconcile/reconcile.ts
  a look that Book status did not answer postpones the book
  - mayPostpone: focus.look !== undefined && observation !== undefined,
  + mayPostpone: focus.look !== undefined,
  a late copy of book.completed says that a reopened book is completed
  - observed.generation > 1 && observed.endedAt === undefined && receivedAt < (observed.changedAt ?? '');
  + observed.generation > 1000 && receivedAt < '';

shared/reconcile/report.ts
  a delivery without a permit is delivered again within seconds
  - isWorthRetrying: !asked.isThrottled && (report
  + isWorthRetrying: (report
  an event that comes before Book status shows it waits for minutes
  - (report.isWorthRetrying || unready !== undefined),
  + report.isWorthRetrying,

shared/store/records.ts
  a write replaces what another writer has written in between
  - : { equals: revision }
  + : { from: revision, to: Number.MAX_SAFE_INTEGER }

shared/store/books.ts
  a function that was at work brings back a forgotten book
  - (isForgotten(book) ? book : merge(book))
  + merge(book)
  a write for a book that was removed changes the one that was created since
  - revision: Math.floor(now),
  + revision: 0,
  what is due later postpones a book that is due
  - if (book.dueAt !== undefined && book.dueAt <= dueAt) return book;

shared/store/documents.ts
  one document that cannot be read holds up its whole book
  - if (!isUnreadable(error)) throw error;
  + throw error;

shared/store/results.ts
  an older body replaces a newer one
  - if (kept !== undefined && !isLater(answers, kept)) {
  + if (kept !== undefined && isSame && !isLater(answers, kept)) {
  a body that is refused as older leaves its entry open
  - 'unchanged' : 'stale', answers: kept };
  + 'unchanged' : 'stale', answers };
  an older body replaces the same body for a later mark, in a race
  - { exists: false } : equals(answered)
  + { exists: false } : { exists: true }
  a body is stored before the results that follow from it are marked
  - if (!isSame) await write.beforeChange?.(existing === undefined);
  + if (!isSame) void write.beforeChange?.(existing === undefined);
  the same body again does not count for its mark, and an older one replaces it
  -         answered: write.answers.wanted,
  -         generation
  +         generation
  of two bodies at the same time the older one may stay
  - existing === undefined ? IS_ABSENT : isStill(existing),
  + undefined,

shared/store/page-sets.ts
  pages that readers see are removed
  - if (set.id !== current?.id && isAbandoned)
  + if (isAbandoned)

shared/store/ledger.ts
  a delivery that is processed twice changes its final outcome
  - if (written.written || written.existing?.outcome !== RETRYING) return;
  + if (!written.written) await table.put(item);
  a finished delivery is not found by its time
  -   await indexEntry(table, item);
  -   const written
  +   const written

shared/store/polling/circuits.ts
  every message takes the one call of the hour
  - return { ...circuit, canaryAt: iso(this.#now() + this.#pause(kind)) };
  -     });
  -     return isTaken;
  + return circuit;
  +     });
  +     return isTaken;

shared/store/entries.ts
  an entry that a later version has written makes its book unreadable
  - !KNOWN.has(name.split('#')[0] ?? '')) {
  + name === '') {

shared/store/entries-0.1.ts
  what version 0.1 stored of an earlier document version counts for the present one
  - if (version !== number) return state === 'stored' && !isOfDocument ? { wanted: 1, answered: 0 } : undefined;

shared/store/removal/remove-book-data.ts
  the payload of an event without a book stays when its book is forgotten
  - if (item.bookUuid === bookUuid) yield item;
  + if (item.bookUuid === 'none') yield item;
`);
