import { isOpen, type Line } from '../checklist/lines.ts';
import type { AskedAll } from './ask.ts';
import type { StatusReply } from './book-status.ts';
import type { Context } from './context.ts';
import { lineName } from './mark.ts';

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

/** Unix milliseconds since which a result has been missing for this cause. */
function since({ entry, wanted }: Line, cause: WaitCause, now: number): number {
  const { tried = 0, failedSince, nextAt } = entry;
  // Nothing has asked for its mark, which is a time, unless only the policy wants it.
  if (tried < wanted) return wanted > 1 ? wanted : now;
  const at = { failed: failedSince, throttled: nextAt, bug: entry.since, refused: entry.since }[cause];
  return at === undefined ? now : Date.parse(at);
}
