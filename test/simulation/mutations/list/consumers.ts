import type { Mutation } from '../mutation.ts';

const PROCESS_BOOK = 'functions/consumers/runtime/process-book.ts';
const LOCATE = 'functions/consumers/runtime/locate.ts';
const WAIT_IN_QUEUE = 'functions/consumers/runtime/wait-in-queue.ts';
const FINISH_DELIVERY = 'functions/consumers/runtime/finish-delivery.ts';
const ANNOUNCE = 'functions/consumers/events/announce.ts';

export const CONSUMERS: readonly Mutation[] = [
  {
    file: PROCESS_BOOK,
    search: 'isLook(delivery) && (isUnread || delivery.receives >= LOOK_ATTEMPTS)',
    replace: 'isUnread && isLook(delivery)',
    why: 'during an outage of the bucket, the looks of every run of the poller are tried again side by side',
  },
  {
    file: PROCESS_BOOK,
    search:
      'const isCopy = delivery.receives > 1 && !isLook(delivery) && (await isFinished(delivery, bookUuid));',
    replace: 'const isCopy = false;',
    why: 'a copy of a finished delivery asks for everything again',
  },
  {
    file: PROCESS_BOOK,
    search: 'if (report.missing.length > 0 && report.isWorthRetrying && quick !== undefined) {',
    replace: 'if (report.missing.length > 1000 && quick !== undefined) {',
    why: 'a result that is ready seconds after its event waits for minutes',
  },
  {
    file: PROCESS_BOOK,
    search: 'if (isGivenUp && (await giveUpLook(delivery, bookUuid, failure))) return true;',
    replace: 'if (isGivenUp) return true;',
    why: 'a book that cannot be read is handed over with every run',
  },
  {
    file: PROCESS_BOOK,
    search: 'context.account = observed?.account ?? context.account;',
    replace: '',
    why: 'a book that another account has shown is asked about with the one of its event',
  },
  {
    file: LOCATE,
    search: 'if (isFinal || ageOf(delivery) >= delivery.dependencies.times.identify.end) {',
    replace: 'if (isFinal) {',
    why: 'a delivery whose book is never known ends as a dead letter',
  },
  {
    file: WAIT_IN_QUEUE,
    search: 'Math.max(most, Math.min(even, LONGEST_MS))',
    replace: 'most',
    why: 'receives that an outage has used up make a dead letter of a delivery whose book is unknown',
  },
  {
    file: WAIT_IN_QUEUE,
    search: '?? wait / 1000;',
    replace: '?? first / 1000;',
    why: 'a delivery whose book is unknown uses up its receives within hours',
  },
  {
    file: LOCATE,
    search: 'first.identity.isFinal || other === own)',
    replace: 'first.identity.isFinal || own !== undefined)',
    why: 'an event by pk that came through the wrong account is never identified',
  },
  {
    file: LOCATE,
    search: 'const asked = ask(own).then(',
    replace: 'const asked = ask(nextAccount(dependencies.accounts, own, receives - 1)).then(',
    why: 'after an outage, an event by pk is asked about with the wrong account first, and waits for hours',
  },
  {
    file: FINISH_DELIVERY,
    search: 'const ledgerId = namesNoBook ? firstBookId : bookId;',
    replace: 'const ledgerId = bookId;',
    why: 'two copies of a delivery without a book are in the ledger twice',
  },
  {
    file: ANNOUNCE,
    search: 'isSummary: entry?.reopens === false,',
    replace: 'isSummary: false,',
    why: 'book.completed asks again for everything that is stored',
  },
];
