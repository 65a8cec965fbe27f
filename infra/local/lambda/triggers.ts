import * as z from 'zod';
import type { StreamSettings } from '../backends/table-stream.ts';
import type { LocalLog } from '../log.ts';
import type { Topology } from '../template/topology.ts';
import type { FunctionDefinition } from './definition.ts';
import type { EventSource } from './event-source.ts';
import type { InvocationOutcome } from './protocol.ts';
import { FilterCriteria, readFilter, type StreamSource } from './stream-source.ts';

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

interface QueueMapping extends EventSource {
  readonly functionArn: string;
}

interface StreamMapping extends StreamSource {
  readonly functionArn: string;
  readonly settings: StreamSettings;
}

const Source = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  FunctionResponseTypes: z.array(z.string()).default([]),
});

const QueueSource = z.object({
  BatchSize: z.number().max(10),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
});

const StreamProperties = z.object({
  BatchSize: z.number().default(100),
  FilterCriteria: FilterCriteria.optional(),
});

const TableKeys = z.object({ KeySchema: z.array(z.object({ AttributeName: z.string() })) });

/**
 * Reads the event source mappings, each of which has a queue or the stream of a table.
 *
 * @param maxConcurrency limit of this machine.
 * @throws Error for another source.
 */
export function readMappings(topology: Topology, maxConcurrency: number) {
  const identitiesOf = (type: string) => topology.idsOf(type).map((id) => ({ id, ...topology.identity(id) }));
  const queues = identitiesOf('AWS::SQS::Queue');
  const tables = identitiesOf('AWS::DynamoDB::Table');
  const mappings = { queues: [] as QueueMapping[], streams: [] as StreamMapping[] };
  for (const id of topology.idsOf('AWS::Lambda::EventSourceMapping')) {
    const { EventSourceArn: arn, FunctionName, FunctionResponseTypes } = topology.properties(id, Source);
    const functionArn = FunctionName;
    const reportsFailures = FunctionResponseTypes.includes('ReportBatchItemFailures');
    const queue = queues.find((one) => one.arn === arn);
    const table = tables.find(({ attributes }) => attributes.StreamArn === arn);
    if (queue !== undefined) {
      const { BatchSize: batchSize, ScalingConfig } = topology.properties(id, QueueSource);
      const concurrency = Math.min(maxConcurrency, ScalingConfig.MaximumConcurrency);
      const source = { queueUrl: queue.ref, queueArn: arn, batchSize, maxConcurrency: concurrency };
      mappings.queues.push({ ...source, functionArn, reportsFailures });
    } else if (table !== undefined) {
      const { BatchSize: batchSize, FilterCriteria: criteria } = topology.properties(id, StreamProperties);
      const keys = topology.properties(table.id, TableKeys).KeySchema.map((key) => key.AttributeName);
      const settings = { table: table.name, streamArn: arn, keys };
      mappings.streams.push({
        settings,
        functionArn,
        batchSize,
        reportsFailures,
        accepts: readFilter(criteria),
      });
    } else throw new Error(`the local stack knows no event source like ${arn}`);
  }
  return mappings;
}

export interface Schedule {
  readonly functionArn: string;
  readonly seconds: number;
  readonly input: unknown;
}

const Properties = z.object({
  ScheduleExpression: z.string(),
  Target: z.object({ Arn: z.string(), Input: z.string().optional() }),
});

/** @throws Error for an expression that is not a number of minutes. */
export function readSchedule(topology: Topology): Schedule {
  const [id = ''] = topology.idsOf('AWS::Scheduler::Schedule');
  const { ScheduleExpression, Target } = topology.properties(id, Properties);
  const minutes = /^rate\((\d+) minutes?\)$/.exec(ScheduleExpression)?.[1];
  if (minutes === undefined) throw new Error(`the local stack knows no schedule like ${ScheduleExpression}`);
  const input: unknown = JSON.parse(Target.Input ?? '{}');
  return { functionArn: Target.Arn, seconds: Number(minutes) * 60, input };
}

/** Runs the poller again and again, first after one interval. A run that takes longer than the interval delays the next. */
export function runSchedule(
  seconds: number,
  invoke: () => Promise<InvocationOutcome>,
  log: LocalLog,
): { stop(): void } {
  let stopped = false;
  let timer = setTimeout(run, seconds * 1000);

  function run(): void {
    const startedAt = Date.now();
    invoke()
      .catch((error) => log('schedule', String(error)))
      .then(() => {
        const wait = Math.max(0, seconds * 1000 - (Date.now() - startedAt));
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
