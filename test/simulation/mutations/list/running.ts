import { mutationsIn } from '../mutation.ts';

export const RUNNING = mutationsIn(`
functions/consumers/runtime/process-book.ts
  during an outage of the bucket, the looks of every run of the poller are tried again side by side
  - isLook(delivery) && (isUnread || delivery.receives >= LOOK_ATTEMPTS)
  + isUnread && isLook(delivery)
  a copy of a finished delivery asks for everything again
  - const isCopy = delivery.receives > 1 && !isLook(delivery) && (await isFinished(delivery, bookUuid));
  + const isCopy = false;
  a result that is ready seconds after its event waits for minutes
  - if (report.missing.length > 0 && report.isWorthRetrying && quick !== undefined) {
  + if (report.missing.length > 1000 && quick !== undefined) {
  a book that cannot be read is handed over with every run
  - if (isGivenUp && (await giveUpLook(delivery, bookUuid, failure))) return true;
  + if (isGivenUp) return true;
  a book that another account has shown is asked about with the one of its event
  - context.account = observed?.account ?? context.account;

functions/consumers/runtime/locate.ts
  a delivery whose book is never known ends as a dead letter
  - if (isFinal || ageOf(delivery) >= delivery.dependencies.times.identify.end) {
  + if (isFinal) {
  an event by pk that came through the wrong account is never identified
  - first.identity.isFinal || other === own)
  + first.identity.isFinal || own !== undefined)
  after an outage, an event by pk is asked about with the wrong account first, and waits for hours
  - const asked = ask(own).then(
  + const asked = ask(nextAccount(dependencies.accounts, own, receives - 1)).then(

functions/consumers/runtime/wait-in-queue.ts
  receives that an outage has used up make a dead letter of a delivery whose book is unknown
  - Math.max(most, Math.min(even, MAX_WAIT_MS))
  + most
  a delivery whose book is unknown uses up its receives within hours
  - ?? wait / 1000;
  + ?? first / 1000;

functions/consumers/runtime/finish-delivery.ts
  two copies of a delivery without a book are in the ledger twice
  - const ledgerId = namesNoBook ? firstBookId : bookId;
  + const ledgerId = bookId;

functions/consumers/events/announce.ts
  book.completed asks again for everything that is stored
  - isSummary: entry?.reopens === false,
  + isSummary: false,

functions/poller/poll.ts
  a run hands a book over twice
  - || this.handedOver.has(bookId)) continue;
  + ) continue;

functions/poller/hand-over.ts
  looks pile up in the queue, and events of its channel wait behind them
  - const MAX_WAITING = 200;
  + const MAX_WAITING = 1_000_000;
  books are handed over faster than the stage allows
  - nextAt = now + (bookIds.length * 1000) / settings.POLL_REQUESTS_PER_SECOND;
  + nextAt = now;

functions/poller/discovery/follow.ts
  a deleted book shifts the list, and unseen books are skipped
  - return Math.max(0, offset - 1);
  + return offset;
  it does not step back where more books were deleted than the overlap shows
  - if (offset > 0 && back > 0 && unseen.length === books.length) {
  + if (offset < 0) {
  it counts as the end of the list when it has to step back
  - return { unseen: [], place: before, isShort: false };
  + return { unseen: [], place: before, isShort: length < limit };

functions/poller/discovery/cursor.ts
  books that become visible late are found by the next sweep only
  - recentFrom: startOfRecent(cursor, step, now - times.recent),
  + recentFrom: startOfRecent(cursor, step, now),
  books that become visible after days are never found
  - now - cursor.sweptAt >= times.sweep
  + now - cursor.sweptAt >= times.year

functions/poller/discovery/discover.ts
  one book that cannot be read stops discovery
  - if (!isUnreadable(error)) throw error;
  + throw error;

functions/poller/sweep-forgotten.ts
  what a function has written after a book was forgotten stays
  - const dueAt = age > times.month ? undefined : iso(now + Math.max(times.run, age));
  + const dueAt = undefined;

shared/rate-limit/bucket.ts
  a process whose clock is late calls more often than the limit
  - const now = () => clock() + behindMs;
  + const now = () => clock();
  two processes get the same permits
  - { nextAt: { below: from } }
  + { nextAt: { exists: true } }

shared/rate-limit/permits.ts
  a lone event waits for permits although none were used
  - start + lateMs - burstMs,
  + start + lateMs,
`);
