import { isExpired, isOpen, type Line, type Rules } from '../checklist/lines.ts';
import type { Asked } from './ask.ts';
import type { Context } from './context.ts';
import { ABSENT } from './detect.ts';
import { lineName } from './mark.ts';
import { DETECT_PENDING } from './results/signals.ts';
import type { Settled } from './settle.ts';

/** Codes of Detect, which has two days for a document before it counts as missing. */
const OF_DETECT: ReadonlySet<string> = new Set([DETECT_PENDING, ABSENT]);

/** Reports a book that has not changed for the horizon, and results missing for longer than the stage allows. */
export function reportOverdue(context: Context, { book, lines, isNewlyStuck }: Settled): void {
  const { log, now, dependencies } = context;
  const { metrics, settings } = dependencies;
  if (isNewlyStuck) {
    log.warn('book stuck', { status: book?.status, since: book?.changedAt });
    metrics.count('BooksStuck', {});
  }
  const before = now - settings.OVERDUE_HOURS * 3_600_000 * settings.TIME_SCALE;
  const isLate = ({ entry: { since, code = '' } }: Line) =>
    since !== undefined && Date.parse(since) < before && !OF_DETECT.has(code);
  const late = new Set(lines.filter((line) => isOpen(line) && isLate(line)).map(({ want }) => want.kind));
  if (late.size === 0) return;
  log.warn('results overdue', { kinds: [...late].sort().join(' ') });
  metrics.count('ResultsOverdue', {}, late.size);
}

/** Reports results that are asked for monthly only from now on, each once. */
export function reportExpired(
  { log, dependencies: { metrics } }: Context,
  asked: readonly Asked[],
  lines: readonly Line[],
  rules: Rules,
): void {
  const before = new Map(asked.map(({ line }) => [lineName(line.want), line]));
  for (const line of lines) {
    const known = before.get(lineName(line.want));
    if (known === undefined || isExpired(known, rules) || !isExpired(line, rules)) continue;
    const { kind } = line.want;
    log.warn('result expired', { kind, code: line.entry.code });
    metrics.count('ResultExpired', { kind });
  }
}
