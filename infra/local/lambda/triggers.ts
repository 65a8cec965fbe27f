import * as z from 'zod';
import type { LocalLog } from '../log.ts';
import type { Topology } from '../template/topology.ts';
import type { FunctionDefinition } from './definition.ts';
import type { EventSource } from './event-source.ts';
import type { InvocationOutcome } from './protocol.ts';

export interface ChannelQueues {
  readonly url: string;
  readonly dlqUrl: string | null;
}

const Redrive = z.object({ RedrivePolicy: z.object({ deadLetterTargetArn: z.string() }).optional() });

/** Reads the queues of each channel from the functions' variable `QUEUE_URLS`. */
export function readChannels(
  topology: Topology,
  functions: readonly FunctionDefinition[],
): Record<string, ChannelQueues> {
  const channels: Record<string, ChannelQueues> = {};
  const queues = topology.idsOf('AWS::SQS::Queue').map((id) => ({ id, ...topology.identity(id) }));
  for (const { variables } of functions) {
    const urls = z.record(z.string(), z.string()).parse(JSON.parse(variables.QUEUE_URLS ?? '{}'));
    for (const [channel, url] of Object.entries(urls)) {
      const queue = queues.find(({ ref }) => ref === url);
      const policy = queue === undefined ? undefined : topology.properties(queue.id, Redrive).RedrivePolicy;
      const dlq = queues.find(({ arn }) => arn === policy?.deadLetterTargetArn);
      channels[channel] = { url, dlqUrl: dlq?.ref ?? null };
    }
  }
  return channels;
}

/** A queue and the function that consumes it. */
export interface Mapping extends EventSource {
  readonly functionArn: string;
}

const MappingProperties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.number().default(10),
  ScalingConfig: z.object({ MaximumConcurrency: z.number().optional() }).default({}),
  FunctionResponseTypes: z.array(z.string()).default([]),
});

/**
 * Reads the event source mappings whose source is a queue of the stack.
 *
 * @param maxConcurrency limit of this machine.
 */
export function readMappings(topology: Topology, maxConcurrency: number): Mapping[] {
  const queues = topology.idsOf('AWS::SQS::Queue').map((id) => topology.identity(id));
  return topology.idsOf('AWS::Lambda::EventSourceMapping').flatMap((id): Mapping[] => {
    const mapping = topology.properties(id, MappingProperties);
    const queue = queues.find(({ arn }) => arn === mapping.EventSourceArn);
    if (queue === undefined || !mapping.Enabled) return [];
    return [
      {
        queueUrl: queue.ref,
        queueArn: queue.arn,
        functionArn: mapping.FunctionName,
        batchSize: mapping.BatchSize,
        maxConcurrency: Math.min(maxConcurrency, mapping.ScalingConfig.MaximumConcurrency ?? maxConcurrency),
        reportsFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      },
    ];
  });
}

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
