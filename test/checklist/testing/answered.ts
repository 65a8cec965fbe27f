import type { Entry } from '../../../shared/checklist/entry.ts';
import { type Answered, afterAnswer } from '../../../shared/checklist/transitions.ts';
import { TIMES } from '../../store/testing/observations.ts';
import { answered, DAY, secondOf, time } from './checklists.ts';

export const entryAfter = (entry: Entry | undefined, answer: Answered, now = 200, version = 1) =>
  afterAnswer(entry, version, answer, { now: time(now), times: TIMES });

/** The same answer each time the entry is due, until it is no longer requested or the time is up; 1000 times at most. */
export function repeat(entry: Entry | undefined, kind: Parameters<typeof answered>[0], untilDay: number) {
  const asked: number[] = [];
  let now = 0;
  let current = entry;
  while (now <= untilDay * DAY && asked.length < 1000) {
    asked.push(now);
    current = entryAfter(current, answered(kind, now), now);
    if (current.nextAt === undefined) break;
    now = secondOf(current.nextAt);
  }
  return { entry: current, asked };
}
