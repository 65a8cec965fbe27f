import { isGone, isOpen, isSuppressed, type Line, type Rules } from '../checklist/lines.ts';
import { isOfDetect } from '../events/statuses.ts';
import { BOOK_STATUS } from '../store/polling/circuits.ts';
import type { AskedAll } from './ask.ts';
import type { StatusReply } from './book-status.ts';
import type { Context } from './context.ts';
import { lineName } from './mark.ts';
import type { Settled } from './settle.ts';

/** Why a result stays missing. "Not yet" is no cause: Ocrolus is working on it. */
type WaitCause = 'bug' | 'failed' | 'throttled' | 'refused';

interface Wait {
  readonly line: Line;
  readonly cause: WaitCause;
}

/**
 * Reports for how long results have been missing that could not be had again, of each cause the longest time. Only
 * answers report, so nothing is written while Ocrolus answers.
 */
export function reportWaiting({ now, dependencies: { metrics } }: Context, waits: readonly Wait[]): void {
  const longest = new Map<WaitCause, number>();
  for (const { line, cause } of waits) {
    const seconds = Math.max(0, (now - since(line, cause, now)) / 1000);
    longest.set(cause, Math.max(seconds, longest.get(cause) ?? 0));
  }
  for (const [cause, seconds] of longest) metrics.record('ResultWaiting', seconds, 'Seconds', { cause });
}

/** Results that are still missing after a reconcile, because requests for them failed or were not made. */
export function waitsOf(
  { asked, isThrottled }: AskedAll,
  planned: readonly Line[],
  settled: readonly Line[],
): Wait[] {
  const open = new Map(settled.filter(isOpen).map((line) => [lineName(line.want), line]));
  const answers = new Map(asked.map(({ line, answer }) => [lineName(line.want), answer]));
  return planned.flatMap(({ want }): Wait[] => {
    const line = open.get(lineName(want));
    const answer = answers.get(lineName(want));
    if (line === undefined) return [];
    if (answer === undefined) return isThrottled ? [{ line, cause: 'throttled' }] : [];
    if (answer.class !== 'failed' && answer.class !== 'refused') return [];
    return [{ line, cause: answer.isBug === true ? 'bug' : answer.class }];
  });
}

/** Everything that a book lacks whose status Ocrolus does not show. */
export function waitsForStatus(
  { class: reason }: Extract<StatusReply, { kind: 'unknown' }>,
  lines: readonly Line[],
): Wait[] {
  const cause = reason === 'suppressed' ? 'refused' : reason;
  return lines.filter(isOpen).map((line) => ({ line, cause }));
}

/**
 * Reports a book that has not changed for the horizon, and results missing for longer than the stage allows.
 *
 * @param isHidden Ocrolus was asked for Book status, and did not show the book.
 */
export function reportOverdue(
  context: Context,
  { book, lines, isNewlyStuck }: Settled,
  rules: Rules,
  isHidden = false,
): void {
  const { log, now, dependencies } = context;
  const { metrics, settings, times } = dependencies;
  if (isNewlyStuck) {
    log.warn('book stuck', { status: book?.status, since: book?.changedAt });
    metrics.count('BooksStuck', {});
  }
  const overdue = settings.OVERDUE_HOURS * 3_600_000 * settings.TIME_SCALE;
  const isOver = (since: string | undefined, limit: number) =>
    since !== undefined && now - Date.parse(since) >= limit;
  // A kind that every book is refused is reported before it counts as not served, and its lines are no longer open.
  const limitOf = (line: Line) =>
    isSuppressed(line, rules) ? Math.min(overdue, times.refusedKind) : overdue;
  const isLate = (line: Line) =>
    isOpen(line) && isOver(line.entry.since, limitOf(line)) && !isOfDetect(line.entry.code ?? '');
  const late = new Set<string>(lines.filter(isLate).map(({ want }) => want.kind));
  // Nothing is known to be missing of a book that was never shown. One of an account that is gone is not expected.
  const isExpected = book?.complete !== true && !isGone(book?.status) && book?.refused?.elsewhere !== true;
  if (isHidden && isExpected && isOver(book?.refused?.since, overdue)) late.add(BOOK_STATUS);
  if (late.size === 0) return;
  log.warn('results overdue', { kinds: [...late].sort().join(' ') });
  metrics.count('ResultsOverdue', {}, late.size);
}

/** Unix milliseconds since which a result has been missing for this cause. */
function since({ entry, wanted }: Line, cause: WaitCause, now: number): number {
  const { tried = 0, failedSince, nextAt } = entry;
  // Nothing has asked for its mark, which is a time, unless only the policy wants it.
  if (tried < wanted) return wanted > 1 ? wanted : now;
  const at = { failed: failedSince, throttled: nextAt, bug: entry.since, refused: entry.since }[cause];
  return at === undefined ? now : Date.parse(at);
}
