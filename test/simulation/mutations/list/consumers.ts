import { type Mutation, mutationsOf } from '../mutation.ts';

export const CONSUMERS: readonly Mutation[] = [
  ...mutationsOf('functions/consumers/runtime/process-book.ts', {
    'during an outage of the bucket, the looks of every run of the poller are tried again side by side': [
      'isLook(delivery) && (isUnread || delivery.receives >= LOOK_ATTEMPTS)',
      'isUnread && isLook(delivery)',
    ],
    'a copy of a finished delivery asks for everything again': [
      'const isCopy = delivery.receives > 1 && !isLook(delivery) && (await isFinished(delivery, bookUuid));',
      'const isCopy = false;',
    ],
    'a result that is ready seconds after its event waits for minutes': [
      'if (report.missing.length > 0 && report.isWorthRetrying && quick !== undefined) {',
      'if (report.missing.length > 1000 && quick !== undefined) {',
    ],
    'a book that cannot be read is handed over with every run': [
      'if (isGivenUp && (await giveUpLook(delivery, bookUuid, failure))) return true;',
      'if (isGivenUp) return true;',
    ],
    'a book that another account has shown is asked about with the one of its event': [
      'context.account = observed?.account ?? context.account;',
      '',
    ],
  }),
  ...mutationsOf('functions/consumers/runtime/locate.ts', {
    'a delivery whose book is never known ends as a dead letter': [
      'if (isFinal || ageOf(delivery) >= delivery.dependencies.times.identify.end) {',
      'if (isFinal) {',
    ],
    'an event by pk that came through the wrong account is never identified': [
      'first.identity.isFinal || other === own)',
      'first.identity.isFinal || own !== undefined)',
    ],
    'after an outage, an event by pk is asked about with the wrong account first, and waits for hours': [
      'const asked = ask(own).then(',
      'const asked = ask(nextAccount(dependencies.accounts, own, receives - 1)).then(',
    ],
  }),
  ...mutationsOf('functions/consumers/runtime/wait-in-queue.ts', {
    'receives that an outage has used up make a dead letter of a delivery whose book is unknown': [
      'Math.max(most, Math.min(even, LONGEST_MS))',
      'most',
    ],
    'a delivery whose book is unknown uses up its receives within hours': [
      '?? wait / 1000;',
      '?? first / 1000;',
    ],
  }),
  ...mutationsOf('functions/consumers/runtime/finish-delivery.ts', {
    'two copies of a delivery without a book are in the ledger twice': [
      'const ledgerId = namesNoBook ? firstBookId : bookId;',
      'const ledgerId = bookId;',
    ],
  }),
  ...mutationsOf('functions/consumers/events/announce.ts', {
    'book.completed asks again for everything that is stored': [
      'isSummary: entry?.reopens === false,',
      'isSummary: false,',
    ],
  }),
];
