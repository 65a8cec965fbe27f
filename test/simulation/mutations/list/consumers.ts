import type { Mutation } from '../mutation.ts';

const RECONCILE_BOOK = 'functions/consumers/reconcile/reconcile-book.ts';
const RECONCILE_DELIVERY = 'functions/consumers/reconcile/reconcile-delivery.ts';
const RECONCILE_DOCUMENTS = 'functions/consumers/reconcile/reconcile-documents.ts';
const BOOK_SIGNALS = 'functions/consumers/reconcile/reconcile-book-signals.ts';
const WRITE_OUTCOME = 'functions/consumers/reconcile/write-outcome.ts';
const DOCUMENTS = 'shared/store/documents.ts';
const OPEN_ANNOUNCED = 'functions/consumers/reconcile/open-announced.ts';
const ASK = 'functions/consumers/results/ask.ts';
const ANALYTICS = 'functions/consumers/results/analytics.ts';
const ENRICHED_PAGE = 'functions/consumers/results/enriched-page.ts';
const REDELIVERY = 'functions/consumers/runtime/redelivery.ts';
const FINISH = 'functions/consumers/runtime/finish-delivery.ts';
const RECENT = 'functions/consumers/runtime/recent-observations.ts';

export const CONSUMERS: readonly Mutation[] = [
  {
    file: RECONCILE_DELIVERY,
    search:
      '  if (context.attempts > 1 && !context.isPoll) book = await openAnnounced(context, announced, book);',
    replace: '',
    why: 'a message that is received again does not write down what it opens',
  },
  {
    file: RECONCILE_DELIVERY,
    search: "  return source === 'poll' && sentAt !== undefined && latest !== undefined && sentAt < latest;",
    replace:
      "  return source === 'poll' && sentAt !== undefined && latest !== undefined && sentAt <= latest;",
    why: 'the latest round of the poller counts as superseded',
  },
  {
    file: RECONCILE_DELIVERY,
    search: '  context.account = ownerOf(book, names) ?? context.account;',
    replace: '',
    why: 'a book is asked for with the account that its event came through',
  },
  {
    file: RECONCILE_BOOK,
    search: '  if (answers.failure !== undefined) throw answers.failure;',
    replace: '',
    why: 'a message is finished although a call has failed',
  },
  {
    file: RECONCILE_BOOK,
    search: '    const current = stored?.version === book.generation ? stored : undefined;',
    replace: '    const current = stored;',
    why: 'an entry of an earlier generation says that nothing is missing',
  },
  {
    file: RECONCILE_DOCUMENTS,
    search: "    ({ answered }) => !(patience.mayRetrySoon && answered.class === 'not-yet'),",
    replace: "    ({ answered }) => answered.class !== 'not-yet',",
    why: 'a document whose results are not ready is not written as open',
  },
  {
    file: BOOK_SIGNALS,
    search: "  return { ...answer, answered: { ...answered, class: 'not-yet', code: PARTIAL } };",
    replace: '  return answer;',
    why: 'the signals of a book are stored although Detect does not list a document yet',
  },
  {
    file: BOOK_SIGNALS,
    search: '    const version = before?.version;',
    replace: '    const version = undefined;',
    why: 'an answer of Detect closes the signals of a document that has changed since',
  },
  {
    file: WRITE_OUTCOME,
    search: '      settled: undefined,\n      ...(book.status',
    replace: '      ...(book.status',
    why: 'a book stays settled although something of a document is missing',
  },
  {
    file: WRITE_OUTCOME,
    search: '    if (leavesOpen) next = leaveOpen(next, documents.nextAt ?? now + times.min, openKinds);',
    replace: '',
    why: 'what is missing of a document is not scheduled',
  },
  {
    file: WRITE_OUTCOME,
    search: '      const opened = { ...openEntries(context, event, announced, book), settled: undefined };',
    replace: '      const opened = { ...book, settled: undefined };',
    why: 'what an event names of a book that is refused is forgotten',
  },
  {
    file: OPEN_ANNOUNCED,
    search: '      const held = { ...book, settled: undefined, hold: { until, by: deliveryId } };',
    replace: '      const held = { ...book, settled: undefined };',
    why: 'a message that may have written half of its work does not hold the book',
  },
  {
    file: DOCUMENTS,
    search: '    entries[kind] = openEntry(entries[kind], { version, receivedAt, reopens: true }, now);',
    replace:
      '    if (entries[kind]?.version === version) entries[kind] = openEntry(entries[kind], { version, receivedAt, reopens: true }, now);',
    why: 'what an event names of a document is not opened where the document has no entry for it',
  },
  {
    file: ASK,
    search: "  return circuit.state === 'canary' && circuits.takeCanary(account, kind);",
    replace: '  return true;',
    why: 'events ask for a product although its circuit is open',
  },
  {
    file: ANALYTICS,
    search: '  const askedAt = entry.jobAt ?? answer.askedAt;',
    replace: '  const { askedAt } = answer;',
    why: 'what a job computed counts as new as its download',
  },
  {
    file: ANALYTICS,
    search: "    if (code === 'http-404' || isOver(entry, context.now)) return undefined;",
    replace: '',
    why: 'a job that Ocrolus has lost is asked for forever',
  },
  {
    file: ENRICHED_PAGE,
    search: '  if (length === 0) return true;',
    replace: '  return true;',
    why: 'only the first page of enriched transactions is fetched',
  },
  {
    file: REDELIVERY,
    search:
      "  return (isThrottled(failure) || failure.code === 'conflict') && attempts >= REQUEUE_AFTER_RECEIVES;",
    replace: '  return false;',
    why: 'a message that waits for a permit ends in the dead-letter queue',
  },
  {
    file: REDELIVERY,
    search: '  return OUTAGE.test(failure.code) && attempts >= REQUEUE_AFTER_RECEIVES;',
    replace: '  return false;',
    why: 'an outage of Ocrolus fills the dead-letter queues',
  },
  {
    file: FINISH,
    search: '  if (mayBeElsewhere) await deleteFailedAttempts(table, firstBookId, envelope);',
    replace: '',
    why: 'the record of failed attempts stays in the partition of the pk',
  },
  {
    file: RECENT,
    search: '    return at > Date.parse(after) + CLOCK_SKEW_MS && this.#now() - at < REUSE_MS;',
    replace: '    return this.#now() - at < REUSE_MS * 100;',
    why: 'an observation from before an event is used for it',
  },
  {
    file: OPEN_ANNOUNCED,
    search: "  const captured = documentKinds.filter((kind) => kind !== 'signals');",
    replace: '  const captured: ResultKind[] = [];',
    why: 'a document that is announced by the pk of a book which is refused is not fetched again',
  },
  {
    file: ASK,
    search: '  if (endedAt === undefined) return true;',
    replace: '  if (endedAt === undefined) return false;',
    why: 'what was asked for before the book was finished counts for the finished book',
  },
  {
    file: RECONCILE_DELIVERY,
    search: '    if (observation.documents.length <= FEW_DOCUMENTS) {',
    replace: '    if (observation.documents.length < 0) {',
    why: 'a document that only the event of another document showed as active is not fetched again',
  },
  {
    file: RECONCILE_BOOK,
    search: '    const isCanary = !context.isRepeated && ',
    replace: '    const isCanary = ',
    why: 'a message that is delivered again uses up the probes of a result',
  },
  {
    file: 'functions/consumers/runtime/finish-delivery.ts',
    search: '  const ledgerId = namesNoBook ? firstBookId : bookId;',
    replace: '  const ledgerId = bookId;',
    why: 'two copies of a delivery without a book are in the ledger twice',
  },
  {
    file: 'functions/consumers/reconcile/reconcile-without-book.ts',
    search: '    if (context.isPoll) context.opensFor(await eventOf(table, docUuid));',
    replace: '',
    why: 'signals that a kept event has announced do not replace those that are stored',
  },
  {
    file: ANALYTICS,
    search: '    askedAt: entry.jobAt ?? askedAt,',
    replace: '    askedAt,',
    why: 'the failure of a job of the unfinished book ends the entry of the finished one',
  },
  {
    file: BOOK_SIGNALS,
    search: '    if (document === undefined) return true;',
    replace: '    if (document === undefined) return false;',
    why: 'a document that is stored while the signals of its book are asked for has no state of Detect',
  },
  {
    file: ASK,
    search: '    if (saysMore) reply = byPk;',
    replace: '    if (byPk.kind === "ok") reply = byPk;',
    why: 'two codes that alternate keep the circuit of forms closed',
  },
];
