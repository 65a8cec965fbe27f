import type { Mutation } from '../mutation.ts';

const PLAN = 'shared/reconcile/plan.ts';
const ASK_FILE = 'shared/reconcile/ask.ts';
const BOOK_STATUS = 'shared/reconcile/book-status.ts';
const IDENTIFY = 'shared/reconcile/find-book.ts';
const DETECT = 'shared/reconcile/detect.ts';

export const ASK: readonly Mutation[] = [
  {
    file: PLAN,
    search: '(seen.marked.has(name) && line.entry.answered < line.wanted) || ofSummary',
    replace: '(isUntried(line) && seen.isThrottled) || ofSummary',
    why: 'what an event announces waits for the next look',
  },
  {
    file: PLAN,
    search: 'isOpen(line) && !isUntried(line)',
    replace: 'isOpen(line)',
    why: 'an event of a whole book asks for what another event asks for itself',
  },
  {
    file: ASK_FILE,
    search: 'if (line.isServed && !isSuppressed(line, rules)) allowed',
    replace: 'if (line.isServed) allowed',
    why: 'events ask for a product although its circuit is open',
  },
  {
    file: ASK_FILE,
    search: 'if (await circuits.takeCanary(account, kind)) allowed.push(line);',
    replace: 'allowed.push(line);',
    why: 'every reconcile is the one call of the hour',
  },
  {
    file: ASK_FILE,
    search: '      isThrottled = true;\n',
    replace: '',
    why: 'a look without a permit is continued at once, again and again',
  },
  {
    file: ASK_FILE,
    search: '    if (isThrottled) return;\n',
    replace: '',
    why: 'a book of 2,000 documents asks 2,000 times for a permit that there is not',
  },
  {
    file: ASK_FILE,
    search: '(document !== undefined && document.observedAt < lateBefore)',
    replace: 'false',
    why: 'the first body of a document that was corrected leaves the analytics as they were',
  },
  {
    file: ASK_FILE,
    search: 'await markDerived(context, isFirst);',
    replace: 'void markDerived(context, isFirst);',
    why: 'a corrected body is stored before the mark on what is computed from it',
  },
  {
    file: ASK_FILE,
    search: 'isOfBook ? await applyBookSignals(context, book, answer, isObserved) : answer',
    replace: 'answer',
    why: 'signals count as complete although Detect does not list a document yet',
  },
  {
    file: ASK_FILE,
    search:
      "for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;",
    replace: 'await Promise.all(work);',
    why: 'requests go on in the background after one of them has failed',
  },
  {
    file: ASK_FILE,
    search: 'const entry = afterAnswer(current.entries[kind], answer, timing);',
    replace: 'const entry = afterAnswer(document.entries[kind], answer, timing);',
    why: 'an answer replaces the mark that a document got while it was asked for',
  },
  {
    file: ASK_FILE,
    search: 'if (fetched.marks !== undefined) await markAtOnce(context, fetched.marks);',
    replace: '',
    why: 'what takes the place of a refused result is not asked for',
  },
  {
    file: ASK_FILE,
    search: "if (isOfOcrolus(failure)) return { class: 'failed', code: failure.code, ...asked };",
    replace: '',
    why: 'an outage of Ocrolus fills the dead-letter queues',
  },
  {
    file: ASK_FILE,
    search: 'if (!isBug(error)) throw error;',
    replace: 'throw error;',
    why: 'an answer that breaks our code holds up all results of its book',
  },
  {
    file: ASK_FILE,
    search: "else await circuits.answered(account, kind, fetched.class !== 'not-yet');",
    replace: '',
    why: 'an answer does not close the circuit of its kind',
  },
  {
    file: ASK_FILE,
    search: "else await circuits.answered(account, kind, fetched.class !== 'not-yet');",
    replace: 'else await circuits.answered(account, kind);',
    why: 'a circuit is closed by books that Ocrolus is still working on',
  },
  {
    file: BOOK_STATUS,
    search: 'await circuits.refused(account, BOOK_STATUS, reply.code, bookId);',
    replace: '',
    why: 'refused credentials cost a call for every book',
  },
  {
    file: IDENTIFY,
    search: "return { kind: 'unknown', code: reply.code, isFinal: false };",
    replace: "return { kind: 'unknown', code: reply.code, isFinal: true };",
    why: 'an event by pk is given up when Ocrolus does not say at once which book it is',
  },
  {
    file: DETECT,
    search: 'if (known !== undefined && known.reason === undefined && known.at > at) return document;',
    replace: '',
    why: 'an older answer of Detect replaces a newer one',
  },
  {
    file: DETECT,
    search: 'known.reason === undefined && known.at > at',
    replace: 'known.at > at',
    why: 'what an event says of a failure stays although Detect has an answer since',
  },
  {
    file: DETECT,
    search: 'matchesDigest(book, byUuid.values()) && ',
    replace: '',
    why: 'signals of a book of many documents count as complete before a look has stored them all',
  },
  {
    file: ASK_FILE,
    search: "line.want.kind !== 'signals' && { beforeChange }",
    replace: "line.want.kind !== 'signals' && book.endedAt !== undefined && { beforeChange }",
    why: 'a correction is not noticed if the book ended while it was asked for',
  },
  {
    file: DETECT,
    search: 'if (!isLacking && isAll) return fetched;',
    replace: 'if (isAll) return fetched;',
    why: 'signals that lack a document with results count as complete',
  },
  {
    file: DETECT,
    search: '&& (isObserved || !isUnstored);',
    replace: ';',
    why: 'signals count as complete although a document that Detect knows is not stored',
  },
  {
    file: DETECT,
    search: 'if (isLate) return { ...fetched, isPartial: true };',
    replace: '',
    why: 'a book with a document that Detect never lists is never complete',
  },
];
