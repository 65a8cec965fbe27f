import type { Mutation } from '../mutation.ts';

const POLL = 'functions/poller/poll.ts';
const POLL_BOOK = 'functions/poller/poll-book.ts';
const MESSAGES = 'functions/poller/messages.ts';
const DISCOVER = 'functions/poller/discover.ts';
const OPEN_ITEM = 'functions/poller/poll-open-item.ts';
const SEND = 'functions/poller/send.ts';

export const POLLER: readonly Mutation[] = [
  {
    file: POLL,
    search: '  if (!(await takeLease(ports.table, runId, now, now + remainingMs))) {',
    replace: '  if (!(await takeLease(ports.table, runId, now, now + remainingMs)) && runId === undefined) {',
    why: 'two runs of the poller overlap',
  },
  {
    file: POLL_BOOK,
    search: '  if (isMoved) await relocate(ports.table, book.bookId, observation.bookUuid, writer);',
    replace: '',
    why: 'a book that was known by its pk is not moved',
  },
  {
    file: POLL_BOOK,
    search: '      return isUnsettled ? { ...refused, account: nextAccount(accounts, account) } : refused;',
    replace: '      return refused;',
    why: 'a book that came through the wrong account is never asked for with another one',
  },
  {
    file: POLL_BOOK,
    search: '    const asks = [...planned.asks, ...planned.canaries];',
    replace: '    const { asks } = planned;',
    why: 'no canary asks for what is not served',
  },
  {
    file: POLL_BOOK,
    search: '  if (book === undefined || !isDue(book, options.mode, ports.now())) return',
    replace: '  if (book === undefined) return',
    why: 'a stale row of the index polls a book that is not due',
  },
  {
    file: MESSAGES,
    search: '  if (changed.some((docUuid) => !byDocument.has(docUuid))) {',
    replace: '  if (changed.length > 1_000_000) {',
    why: 'a status that has changed is not sent',
  },
  {
    file: MESSAGES,
    search:
      "  const isOfDocument = ({ kind, subject }: Want) => KINDS[kind].scope === 'document' && subject !== bookUuid;",
    replace: "  const isOfDocument = ({ kind }: Want) => KINDS[kind].scope === 'document';",
    why: 'the signals of a book are sent as those of a document',
  },
  {
    file: DISCOVER,
    search: '    const offset = Math.max(0, cursor.offset - 1);',
    replace: '    const { offset } = cursor;',
    why: 'a deleted book shifts the list, and unseen books are skipped',
  },
  {
    file: OPEN_ITEM,
    search: '  await postponeOpenItem(ports.table, open, iso(now + (isDeep ? times.min : times.grace)));',
    replace: '',
    why: 'a result without a book is sent with every run',
  },
  {
    file: SEND,
    search: 'const DEEP_QUEUE = 1000;',
    replace: 'const DEEP_QUEUE = 1;',
    why: 'nothing is sent unless the queues are empty',
  },
];
