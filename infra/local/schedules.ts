import * as z from 'zod';
import type { InvocationOutcome } from './lambda/protocol.ts';
import type { LocalLog } from './log.ts';
import type { Topology } from './template/topology.ts';

/** A schedule of the template. */
export interface Schedule {
  readonly functionArn: string;
  readonly seconds: number;
  /** Event of the invocation. */
  readonly input: unknown;
}

const Properties = z.object({
  ScheduleExpression: z.string(),
  Target: z.object({ Arn: z.string(), Input: z.string().optional() }),
});

const UNIT_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** @throws Error for an expression that is not `rate(…)`. */
export function readSchedules(topology: Topology): Schedule[] {
  return topology.idsOf('AWS::Scheduler::Schedule').map((id) => {
    const { ScheduleExpression, Target } = topology.properties(id, Properties);
    const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(ScheduleExpression) ?? [];
    const unitSeconds = UNIT_SECONDS[unit ?? ''];
    if (unitSeconds === undefined) {
      throw new Error(`${id}: the local stack knows no schedule like ${ScheduleExpression}`);
    }
    const input: unknown = Target.Input === undefined ? {} : JSON.parse(Target.Input);
    return { functionArn: Target.Arn, seconds: Number(count) * unitSeconds, input };
  });
}

/** Runs a schedule, first after one interval. A run that takes longer than the interval delays the next. */
export function runSchedule(
  schedule: Schedule,
  invoke: (schedule: Schedule) => Promise<InvocationOutcome>,
  log: LocalLog,
): { stop(): void } {
  let stopped = false;
  let timer = setTimeout(run, schedule.seconds * 1000);

  function run(): void {
    const startedAt = Date.now();
    invoke(schedule)
      .catch((error) => log('schedule', String(error)))
      .then(() => {
        const wait = Math.max(0, schedule.seconds * 1000 - (Date.now() - startedAt));
        if (!stopped) timer = setTimeout(run, wait);
      });
  }

  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
