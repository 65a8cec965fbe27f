import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { failedMessageIds } from './event-source.ts';
import type { LambdaFunction } from './function.ts';

/** Pauses before a batch is repeated. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

export interface StreamSource {
  readonly batchSize: number;
  /** True if the function reports from which record on it failed. */
  readonly reportsFailures: boolean;
  readonly accepts: StreamFilter;
}

/** Resolves after a time, or at once when the signal is aborted. */
type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

export const pauseFor: Pause = (ms, signal) => delay(ms, undefined, { signal }).catch(() => {});

/**
 * Moves records of a stream with one shard to a function, as an event source mapping does: in order, and one batch at a
 * time. A batch that fails is repeated until it succeeds: maximum age, split batches and failure destinations have no
 * counterpart here. Nor has the batching window, which saves invocations.
 */
export function consumeStream(
  { batchSize, reportsFailures, accepts }: StreamSource,
  lambda: Pick<LambdaFunction, 'invoke'>,
  pause: Pause = pauseFor,
) {
  const records: DynamoDBRecord[] = [];
  const stopped = new AbortController();
  let arrived = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      const batch = records.splice(0, batchSize);
      if (batch.length > 0) await finish(batch);
      else {
        await arrived.promise;
        arrived = Promise.withResolvers();
      }
    }
  }

  /** Repeats what fails of a batch. */
  async function finish(batch: readonly DynamoDBRecord[]): Promise<void> {
    let rest = batch;
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopped.signal.aborted) {
      const failed = await process(rest);
      if (failed.length === 0) return;
      if (failed.length < rest.length) pauseMs = FIRST_PAUSE_MS;
      rest = failed;
      await pause(pauseMs, stopped.signal);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** @returns the records from the first on that failed. */
  async function process(batch: readonly DynamoDBRecord[]): Promise<readonly DynamoDBRecord[]> {
    const event: DynamoDBStreamEvent = { Records: [...batch] };
    const outcome = await lambda.invoke(event);
    if (!outcome.ok) return batch;
    if (!reportsFailures) return [];
    const numbers = batch.map(sequenceNumberOf);
    const failed = failedMessageIds(outcome.payload, numbers);
    const first = numbers.findIndex((number) => failed.has(number));
    return first < 0 ? [] : batch.slice(first);
  }

  return {
    /** Adds the next record of the stream. */
    push(record: DynamoDBRecord): void {
      if (!accepts(record)) return;
      records.push(record);
      arrived.resolve();
    },
    /** A running invocation is not awaited. */
    stop(): void {
      stopped.abort();
      arrived.resolve();
    },
    done: run(),
  };
}

const sequenceNumberOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.SequenceNumber ?? '';

const Condition = z.union([z.string(), z.strictObject({ prefix: z.string() })]);

/** Conditions, one of which a value must meet, or a pattern of its members. */
type Pattern = { readonly [name: string]: readonly z.infer<typeof Condition>[] | Pattern };

const Pattern: z.ZodType<Pattern> = z.record(
  z.string(),
  z.union([z.array(Condition), z.lazy(() => Pattern)]),
);

/** `FilterCriteria` of an event source mapping. */
export const FilterCriteria = z.object({ Filters: z.array(z.object({ Pattern: z.string() })) });

type StreamFilter = (record: object) => boolean;

/**
 * Reads the filters of an event source mapping, any of which a record must match (AWS: Lambda event filtering).
 *
 * @throws Error for a condition that is neither a text nor a prefix.
 */
export function readFilter(criteria?: z.infer<typeof FilterCriteria>): StreamFilter {
  const patterns = criteria?.Filters.map((filter) => {
    const parsed = Pattern.safeParse(JSON.parse(filter.Pattern));
    if (parsed.success) return parsed.data;
    throw new Error(`the local stack knows no filter like ${filter.Pattern}`);
  });
  return (record) => patterns?.some((pattern) => matches(record, pattern)) ?? true;
}

function matches(value: unknown, pattern: Pattern): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const member: unknown =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined;
    return isConditions(wanted)
      ? wanted.some((condition) => meets(member, condition))
      : matches(member, wanted);
  });
}

function isConditions(wanted: Pattern[string]): wanted is readonly z.infer<typeof Condition>[] {
  return Array.isArray(wanted);
}

function meets(value: unknown, condition: z.infer<typeof Condition>): boolean {
  if (typeof condition === 'string') return value === condition;
  return typeof value === 'string' && value.startsWith(condition.prefix);
}
