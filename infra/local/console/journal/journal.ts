import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import type { Envelope } from '../../../../shared/events/envelope.ts';
import { bookIdOf } from '../../../../shared/events/ids.ts';
import { readEnvelope } from '../../../ops/dead-letters/dead-letter.ts';
import { entryOf } from '../../../ops/logs/function-logs.ts';
import type { FunctionCall, InvocationOutcome } from '../../lambda/protocol.ts';
import { failedMessageIds } from '../../lambda/sqs-event.ts';
import type { ApiRequest, StackObserver } from '../../log.ts';
import type { AttemptRecord, DeliveryRecord, PostRecord } from './delivery-record.ts';
import { Series } from './series.ts';

/** Maximum number of deliveries; older ones are dropped, and remain in the ledger. */
const MOST_DELIVERIES = 5000;

/** Fields of a function's log line that the journal uses. */
const Line = z.object({
  message: z.string(),
  requestId: z.string().optional(),
  deliveryId: z.string().optional(),
  eventName: z.string().optional(),
  channel: z.string().optional(),
  bookUuid: z.string().optional(),
  outcome: z.string().optional(),
  reason: z.string().optional(),
  code: z.string().optional(),
  seconds: z.number().optional(),
});

/** `PollReport` (functions/poller/poll.ts). */
const Report = z.object({
  discovered: z.int(),
  polled: z.int(),
  isBehind: z.boolean(),
  problems: z.array(z.object({ account: z.string(), code: z.string() })).default([]),
});

/** Maximum number of runs of the poller. */
const MOST_RUNS = 500;

/** An invocation of a function. */
interface Invocation {
  readonly requestId: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly calls: FunctionCall[];
  /** Absent while it is in progress. */
  ms?: number;
  /** The error, if the function failed. */
  error?: string;
  report?: z.infer<typeof Report> | undefined;
  /** Those that a consumer received. */
  readonly messages: {
    readonly messageId: string;
    readonly deliveryId: string;
    readonly attempt: AttemptRecord;
  }[];
}

/**
 * History of the stack since it started, in memory. The stack and the logs of the functions feed it, so that a
 * delivery can be followed while it is retried. Permanent data are in the table.
 */
export class Journal implements StackObserver {
  readonly counts = { posts: 0, accepted: 0, refused: 0, processed: 0, failedAttempts: 0, calls: 0 };
  readonly series = new Series();
  /** Newest first. */
  readonly pollerRuns: Invocation[] = [];
  /** Incremented with each change. */
  revision = 0;
  readonly #deliveries = new Map<string, DeliveryRecord>();
  readonly #open = new Map<string, Invocation>();
  /** Reasons by API Gateway's request id. The log line may precede or follow the answer. */
  readonly #refusals = new Map<string, string | PostRecord>();
  readonly #invocations = new Map<string, { done: number; failed: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Newest first. */
  get deliveries(): DeliveryRecord[] {
    return [...this.#deliveries.values()].sort((a, b) => b.at - a.at);
  }

  delivery(deliveryId: string): DeliveryRecord | undefined {
    return this.#deliveries.get(deliveryId);
  }

  invocations(functionName: string): { readonly done: number; readonly failed: number } {
    return this.#invocations.get(functionName) ?? { done: 0, failed: 0 };
  }

  requestAnswered({ requestId, deliveryId, at, ms, status }: ApiRequest): void {
    this.revision += 1;
    this.counts.posts += 1;
    this.counts[status === 200 ? 'accepted' : 'refused'] += 1;
    const post: PostRecord = { at, ms, status };
    if (status !== 200) {
      const reason = this.#refusals.get(requestId);
      if (typeof reason === 'string') post.reason = reason;
      else this.#refusals.set(requestId, post);
    }
    const record = this.#record(deliveryId ?? requestId, 'webhook', at);
    record.posts.push(post);
    // A delivery that is refused now may have been accepted before, or may be accepted later.
    if (status !== 200 && record.attempts.length === 0 && record.posts.every((one) => one.status !== 200))
      record.state = 'refused';
    else if (record.state === 'refused') record.state = 'queued';
  }

  invocationStarted(functionName: string, requestId: string, event: unknown): void {
    this.revision += 1;
    const records = (event as Partial<SQSEvent> | undefined)?.Records ?? [];
    const at = this.#now();
    const calls: FunctionCall[] = [];
    const messages = records.flatMap(({ messageId, body, attributes }) => {
      const envelope = readEnvelope(body);
      if (envelope === undefined) return [];
      const record = this.#recordOf(envelope);
      const attempt: AttemptRecord = {
        requestId,
        functionName,
        receive: Number(attributes.ApproximateReceiveCount),
        at,
        batch: records.length,
        calls,
      };
      record.attempts.push(attempt);
      if (record.state !== 'done') record.state = 'processing';
      return [{ messageId, deliveryId: envelope.deliveryId, attempt }];
    });
    const invocation: Invocation = { requestId, at, calls, messages };
    this.#open.set(requestId, invocation);
    if (functionName !== 'poller') return;
    this.pollerRuns.unshift(invocation);
    this.pollerRuns.length = Math.min(this.pollerRuns.length, MOST_RUNS);
  }

  ocrolusCalled(_functionName: string, requestId: string, call: FunctionCall): void {
    this.revision += 1;
    this.counts.calls += 1;
    this.series.called(call);
    this.#open.get(requestId)?.calls.push(call);
  }

  invocationEnded(functionName: string, requestId: string, outcome: InvocationOutcome): void {
    this.revision += 1;
    const tally = this.invocations(functionName);
    const { done, failed: failedBefore } = tally;
    this.#invocations.set(functionName, {
      done: done + (outcome.ok ? 1 : 0),
      failed: failedBefore + (outcome.ok ? 0 : 1),
    });
    const open = this.#open.get(requestId);
    if (open === undefined) return;
    this.#open.delete(requestId);
    open.ms = this.#now() - open.at;
    if (!outcome.ok) open.error = outcome.error.errorType;
    else if (functionName === 'poller') open.report = Report.safeParse(JSON.parse(outcome.payload)).data;
    const ids = open.messages.map(({ messageId }) => messageId);
    const failed = outcome.ok ? failedMessageIds(outcome.payload, ids) : new Set(ids);
    for (const { messageId, deliveryId, attempt } of open.messages) {
      attempt.ms = open.ms;
      attempt.result = !outcome.ok ? 'killed' : failed.has(messageId) ? 'failed' : 'done';
      if (!outcome.ok) attempt.code ??= outcome.error.errorType;
      if (attempt.result !== 'done') this.counts.failedAttempts += 1;
      const record = this.#deliveries.get(deliveryId);
      if (record !== undefined && record.outcome === undefined && attempt.result !== 'done')
        record.state = 'retrying';
    }
  }

  /** Handles a line of a function's log. */
  logged(text: string): void {
    const line = Line.safeParse(entryOf({ text })).data;
    if (line === undefined) return;
    this.revision += 1;
    const { message, requestId = '', deliveryId = '' } = line;
    const record = this.#deliveries.get(deliveryId);
    if (message === 'refused' || message === 'not accepted') this.#refused(requestId, line.reason ?? message);
    else if (message === 'delivery queued') this.#queued(line);
    else if (message === 'delivery processed' && record !== undefined) {
      record.state = 'done';
      record.outcome ??= line.outcome;
      record.reason ??= line.reason;
      record.endedAt ??= this.#now();
      this.counts.processed += 1;
      this.series.processed(this.#now() - record.at);
    } else if (message === 'retry scheduled' && record !== undefined) {
      const attempt = record.attempts.find((one) => one.requestId === requestId);
      if (attempt !== undefined) Object.assign(attempt, { code: line.code, retrySeconds: line.seconds });
    }
  }

  /** Sets the deliveries that are in a dead-letter queue now. */
  setDead(deliveryIds: ReadonlySet<string>): void {
    for (const record of this.#deliveries.values()) {
      const isDead = deliveryIds.has(record.deliveryId);
      if (isDead === (record.state === 'dead') || (!isDead && record.state !== 'dead')) continue;
      if (record.outcome !== undefined) continue;
      record.state = isDead ? 'dead' : 'queued';
      this.revision += 1;
    }
  }

  #refused(requestId: string, reason: string): void {
    const post = this.#refusals.get(requestId);
    if (typeof post === 'object') {
      post.reason = reason;
      this.#refusals.delete(requestId);
    } else this.#refusals.set(requestId, reason);
    // Aborted requests leave entries that are never used.
    if (this.#refusals.size > MOST_DELIVERIES) this.#refusals.clear();
  }

  #queued({ deliveryId, eventName, channel, bookUuid }: z.infer<typeof Line>): void {
    if (deliveryId === undefined) return;
    const record = this.#record(deliveryId, 'webhook', this.#now());
    record.eventName ??= eventName;
    record.channel ??= channel;
    record.bookId ??= bookUuid;
  }

  #recordOf({ deliveryId, source, receivedAt, eventName, channel, ids }: Envelope): DeliveryRecord {
    const record = this.#record(deliveryId, source, Date.parse(receivedAt));
    record.eventName ??= eventName;
    record.channel ??= channel;
    record.bookId ??= ids.bookUuid ?? (ids.bookPk === undefined ? undefined : bookIdOf(ids));
    return record;
  }

  #record(deliveryId: string, source: DeliveryRecord['source'], at: number): DeliveryRecord {
    const known = this.#deliveries.get(deliveryId);
    if (known !== undefined) return known;
    const record: DeliveryRecord = { deliveryId, source, at, state: 'queued', posts: [], attempts: [] };
    this.#deliveries.set(deliveryId, record);
    if (this.#deliveries.size > MOST_DELIVERIES) {
      const [oldest = ''] = this.#deliveries.keys();
      this.#deliveries.delete(oldest);
    }
    return record;
  }
}
