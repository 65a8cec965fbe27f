import { entryName } from '../checklist/entry.ts';
import { type Book, isForgotten } from '../store/books.ts';
import { iso } from '../time.ts';
import { allowedLines, askAll } from './ask.ts';
import type { Context } from './context.ts';
import { observeBook } from './observation/apply.ts';
import { observe, type Seen } from './observation/observe.ts';
import { linesInFocus } from './plan.ts';
import { type Focus, readStored } from './read.ts';
import { type Reconciled, reportExpired, reportOn } from './report.ts';
import { settle } from './settle.ts';
import { reportOverdue, reportWaiting, waitsOf } from './waiting.ts';

/*
 * One rule. Ocrolus's announcements have no order and may be lost, so nothing is concluded from them except: this result may be
 * new. That is a mark, a number that only grows, written beside the result before anything is asked. A request carries the mark
 * that was read before it, and its answer counts for that mark and no later one: if a mark came in between, the result is still
 * open, and is asked for again. Who marks, how often, in which order, and who dies on the way makes no difference.
 *
 *   read     the book, and its documents
 *   observe  ask Book status; write the documents, then the book, with the marks that follow from another status
 *   mark     what the events name
 *   plan     what is open of that, or everything that is due
 *   ask      each result; store its body, and the answers into the documents
 *   settle   the answers into the book: what is missing, and when to look again
 *
 * A delivery does this for what it names, a look (the poller's message) for everything that is due. Doing it twice changes
 * nothing. docs/design.md#one-rule has the rule.
 */

/**
 * Reconciles a book with what Ocrolus says.
 *
 * @returns `undefined`: the book is forgotten, or a look finds it not due or cannot ask about it now.
 * @throws Failure `retry`, of the table or the bucket: marks are kept. Code `unreadable-item`: this version cannot
 * read the book, or a document that an event names.
 */
export async function reconcile(context: Context, focus: Focus): Promise<Reconciled | undefined> {
  const read = await readStored(context, focus);
  const seen = read && (await observe(context, focus, read));
  if (seen?.book === undefined || isForgotten(seen.book)) return undefined;
  const { book, documents, isWhole, observation } = seen;
  const rules = await context.rules();
  const lines = await allowedLines(context, linesInFocus(seen, book, focus, rules), rules);
  const isObserved = observation !== undefined && isWhole;
  const asked = seen.isThrottled
    ? { asked: [], documents, isThrottled: true, isUnfinished: false }
    : await askAll(context, { book, documents, isObserved }, lines);
  const ofBook = asked.asked.filter(({ line }) => !documents.has(line.want.subject));
  const settled = await settle(context, {
    answers: new Map(ofBook.map(({ line, answer }) => [entryName(line.want, book.bookId), answer])),
    mayPostpone: focus.look !== undefined && observation !== undefined,
    own: isWhole ? undefined : [...asked.documents.values()],
    isUnready: seen.unready.size > 0,
    isUnfinished: asked.isUnfinished,
    marked: seen.marked,
    describe: (current) => describe(context, focus, seen, current),
  });
  if (focus.look !== undefined) reportOverdue(context, settled, rules);
  reportWaiting(context, waitsOf(asked, lines, settled.lines));
  reportExpired(context, asked.asked, settled.lines, rules);
  return reportOn(context, { focus, seen, asked, settled, rules });
}

/**
 * Applies to the book the observation of a look, which `observe` does not always write, and an event that says that
 * all of Ocrolus's work is done.
 */
function describe(context: Context, { announcements, look }: Focus, seen: Seen, book: Book): Book {
  const { dependencies, writer } = context;
  const { observation, info } = seen;
  const { policy, times } = dependencies;
  const observed =
    look === undefined || observation === undefined
      ? book
      : { ...observeBook(book, { observation, writer, policy, times }), ...info };
  // A late copy of the event does not concern a book that was reopened since, and is active.
  const isOld = ({ receivedAt }: { readonly receivedAt: string }) =>
    observed.generation > 1 && observed.endedAt === undefined && receivedAt < (observed.changedAt ?? '');
  if (!announcements.some((one) => one.completesBook && !isOld(one)) || observed.completed !== undefined)
    return observed;
  return { ...observed, completed: { state: 'completed', at: iso(context.now) } };
}
