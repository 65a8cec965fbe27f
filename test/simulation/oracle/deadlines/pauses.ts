import { DAY, HOUR, MINUTE } from '../../ocrolus/random.ts';
import type { ChangeTruth } from '../../ocrolus/truth.ts';
import type { Stage } from '../../system/settings.ts';

/** When a finished book is looked at, counted from its end (docs/design.md#the-poller), and no more after the last time. */
const LOOKS = [HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 8 * DAY, 13 * DAY, 21 * DAY, 30 * DAY];

/** Looks of many books spread out by so much. */
export const JITTER = 1.25;

/**
 * The longest pause between two looks at a book at a time: half of the time since it last changed while it is in progress,
 * and as `LOOKS` says once it is finished, but never rarer than the settings allow.
 *
 * @param endedAt Unix milliseconds: when the book was finished; `undefined` while it is in progress.
 * @returns milliseconds; infinite where no look may follow.
 */
export function lookPause(
  { createdAt, endedAt }: { readonly createdAt: number; readonly endedAt: number | undefined },
  at: number,
  { poll }: Stage,
): number {
  const [least, most] = [poll.minSeconds * 1000, poll.maxSeconds * 1000];
  if (endedAt === undefined) {
    const age = at - createdAt;
    if (age > poll.horizonDays * DAY) return 31 * DAY;
    return JITTER * Math.min(most, Math.max(least, age / 2));
  }
  const age = at - endedAt;
  // Just before its time, a look may be over: looks are early by up to a tenth.
  const next = LOOKS.findIndex((look) => look > age * 1.1);
  const look = LOOKS[next];
  if (look === undefined || age > poll.horizonDays * DAY) return Number.POSITIVE_INFINITY;
  const pause = look - (LOOKS[next - 1] ?? 0);
  // A stage that looks rarely at books in progress looks rarely at finished ones.
  return JITTER * Math.max(pause, Math.min(most * 4, Math.max(age, least * 12)));
}

/**
 * Whether a book was at work again for so long that a look has come meanwhile. It was finished before; the longer ago, the
 * longer the pause.
 */
export function isSurelySeen(
  { createdAt }: { readonly createdAt: number },
  { since, awayMs }: Pick<ChangeTruth, 'since' | 'awayMs'>,
  stage: Stage,
): boolean {
  return awayMs > 2 * lookPause({ createdAt, endedAt: createdAt }, since, stage);
}

/** How long a webhook may still come that would have announced what a look has found (docs/settings.md). */
export function graceOf({ poll }: Stage): number {
  return poll.graceSeconds * 1000;
}

/**
 * A result that only a job answers: a job takes hours, and one that was lost, or has failed, is started again after an hour, a
 * day and three days (docs/design.md#what-an-answer-means).
 */
export const JOBS_MS = 7 * DAY;

/**
 * From an accepted event, or a look that is due, to its results in the table. `noisy`: while single calls fail, functions die
 * and messages come twice, a message may fail several times in a row.
 */
export const PROCESSING = { quiet: 40 * MINUTE, noisy: 3 * HOUR } as const;

/**
 * Beside `noisy`, for each document of a book: a look at 1,500 of them is interrupted at every few hundred, and a look that
 * was interrupted three times waits a quarter of an hour.
 */
export const NOISY_PER_DOCUMENT_MS = 10_000;
