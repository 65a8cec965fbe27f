import * as z from 'zod/mini';
import { DEFAULT_RESULTS, POLICIES, type ResultsPolicy } from '../checklist/kinds.ts';
import type { Rules } from '../checklist/lines.ts';
import type { Timing } from '../checklist/times.ts';
import { RESULT_KINDS, type Want } from '../events/result-kinds.ts';
import { asFailure } from '../failure.ts';
import type { Call } from '../ocrolus/calls.ts';
import type { OcrolusClient, Reply } from '../ocrolus/client.ts';
import { type Parameters, withParameters } from '../ocrolus/parameters.ts';
import type { Receive } from '../ocrolus/read-answer.ts';
import type { Dependencies } from '../open-dependencies.ts';
import type { Slots } from '../rate-limit/slots.ts';
import { integerSetting, jsonSetting, numberSetting, POLL_DEFAULTS } from '../settings.ts';
import { type LargeBody, receiveLargeBody } from '../store/bodies/large-body.ts';
import type { Writer } from '../store/books.ts';
import { streamedKey } from '../store/keys.ts';
import type { Circuits } from '../store/polling/circuits.ts';
import type { Log } from '../telemetry/log.ts';
import { RESULT_OUTLINE, type ResultReply } from './results/outline.ts';

/** Dependencies for reconciling a book. */
export interface ReconcileDependencies extends Dependencies {
  readonly settings: {
    /** Days for which results are kept. Absent: permanently. */
    readonly RESULT_DAYS?: number | undefined;
    readonly PARAMETERS: Parameters;
    /** True if the poller reads the accounts' lists of books. */
    readonly POLL_DISCOVER: boolean;
    /** Hours after which a missing result counts as overdue. */
    readonly OVERDUE_HOURS: number;
    readonly TIME_SCALE: number;
  };
  readonly circuits: Circuits;
  readonly policy: ResultsPolicy;
  /** Limits how many bodies are streamed to S3 at the same time. */
  readonly streams: Slots;
}

/** One book that is being reconciled: access to Ocrolus, the account for it, and the deadline. */
export class Context {
  readonly dependencies: ReconcileDependencies;
  readonly log: Log;
  readonly bookId: string;
  /** Unix milliseconds by which everything must be done. */
  readonly deadline: number;
  readonly source: Writer['source'];
  /** Account whose credentials are used: the owner of the book, once it is known. */
  account: string;
  /** Results that were stored, by sort key: bodies that are new, or differ from the ones before. */
  readonly storedResults = new Map<string, Want>();
  /** Bodies received as streams. Those that are not stored are discarded at the end. */
  readonly #largeBodies: LargeBody[] = [];
  readonly #replies = new Map<string, Promise<ResultReply>>();

  constructor(options: Pick<Context, 'dependencies' | 'log' | 'bookId' | 'deadline' | 'source' | 'account'>) {
    this.dependencies = options.dependencies;
    this.log = options.log;
    this.bookId = options.bookId;
    this.deadline = options.deadline;
    this.source = options.source;
    const { names } = options.dependencies.accounts;
    // If its account was removed, the book may belong to another one.
    this.account = names.includes(options.account) ? options.account : (names[0] ?? options.account);
  }

  get now(): number {
    return this.dependencies.ports.now();
  }

  get timing(): Timing {
    return { now: this.now, times: this.dependencies.times };
  }

  get table() {
    return this.dependencies.ports.table;
  }

  get writer(): Writer {
    return { account: this.account, source: this.source, now: this.now };
  }

  /** Rules that decide which results the book should have. */
  async rules(): Promise<Rules> {
    const { circuits, policy } = this.dependencies;
    return { ...this.timing, policy, circuit: await circuits.states(this.account, RESULT_KINDS) };
  }

  /** @throws Failure `refused` for an account that is not served. */
  get client(): OcrolusClient {
    return this.dependencies.accounts.client(this.account);
  }

  /** Replies to a call whose answer has a limited size. @throws Failure `retry` */
  async ask(asked: Call): Promise<Reply> {
    const call = this.#chosen(asked);
    const reply = await this.#logged(call.operation, () => this.client.ask(call, this.deadline));
    this.#report(call, reply);
    return reply;
  }

  /** Replies to a call for a result of any size; all results that need it share one reply. @throws Failure `retry` */
  fetch(call: Call): Promise<ResultReply> {
    const key = `${call.path} ${JSON.stringify(call.query ?? {})}`;
    const known = this.#replies.get(key);
    if (known !== undefined) return known;
    const reply = this.fetchAgain(call);
    this.#replies.set(key, reply);
    return reply;
  }

  /** As `fetch`, but ignores earlier replies. */
  async fetchAgain(asked: Call): Promise<ResultReply> {
    const call = this.#chosen(asked);
    const reply = await this.#logged(call.operation, () =>
      this.client.fetch(call, this.deadline, this.#receiver(call.isFile)),
    );
    this.#report(call, reply);
    return reply;
  }

  /** As `fetchAgain`, from the pre-signed URL of a job's result. */
  fetchSigned(url: string, operation: string): Promise<ResultReply> {
    return this.#logged(operation, () =>
      this.client.getSigned(url, operation, this.deadline, this.#receiver()),
    );
  }

  /** Discards received bodies that were not stored. */
  async close(): Promise<void> {
    await Promise.all(this.#largeBodies.map((body) => body.discard()));
  }

  /**
   * Logs each call, for the delivery's story (`ops delivery`): the operation, its outcome, and how long Ocrolus took to
   * answer. Time for a permit counts only where there is no answer.
   */
  async #logged<Body>(operation: string, ask: () => Promise<Reply<Body>>): Promise<Reply<Body>> {
    const startedAt = this.now;
    const log = (answer: string, since: number, code?: string) =>
      this.log.info('Ocrolus asked', { operation, answer, code, ms: this.now - since });
    try {
      const reply = await ask();
      if (reply.kind === 'ok') log('ok', Date.parse(reply.answer.askedAt));
      else log(reply.kind, Date.parse(reply.askedAt), reply.code);
      return reply;
    } catch (error) {
      log('failed', startedAt, asFailure(error).code);
      throw error;
    }
  }

  #chosen(call: Call): Call {
    return withParameters(call, this.dependencies.settings.PARAMETERS);
  }

  #receiver(isFile = false): Receive<LargeBody> {
    const { ports, streams } = this.dependencies;
    return (chunks, signal) =>
      streams.run(async () => {
        const key = streamedKey(this.bookId, ports.id(), isFile ? 'file' : 'json');
        const shape = isFile ? undefined : RESULT_OUTLINE;
        const receiving = { bodies: ports.bodies, key, shape, signal };
        const body = await receiveLargeBody(chunks, receiving);
        this.#largeBodies.push(body);
        return { body, json: body.outline.json };
      });
  }

  #report({ operation }: Call, reply: Reply<unknown>): void {
    if (reply.kind !== 'rejected') return;
    this.dependencies.metrics.count('RequestRejected', { operation });
    this.log.error('request rejected', { operation, code: reply.code });
  }
}

const KindsByPolicy = z.partialRecord(z.enum(POLICIES), z.array(z.enum(RESULT_KINDS)));

/**
 * Kinds of results by policy, or, as version 0.2 wrote it, the policy of each kind. Kinds that a stage does not name have
 * their default.
 */
export const ResultsSetting = z.union([
  z.pipe(
    KindsByPolicy,
    z.transform((named: z.infer<typeof KindsByPolicy>): ResultsPolicy => {
      const pairs = POLICIES.flatMap((policy) => named[policy]?.map((kind) => [kind, policy]) ?? []);
      return { ...DEFAULT_RESULTS, ...Object.fromEntries(pairs) };
    }),
  ),
  z.pipe(
    z.partialRecord(z.enum(RESULT_KINDS), z.enum(POLICIES)),
    z.transform((named: Partial<ResultsPolicy>): ResultsPolicy => ({ ...DEFAULT_RESULTS, ...named })),
  ),
]);

/** Settings of consumers and poller for checklist and schedule. */
export const checklistSettings = {
  RESULTS: z._default(jsonSetting(ResultsSetting), DEFAULT_RESULTS),
  /** Shortest and longest wait between two requests for the same thing, in seconds. */
  POLL_MIN_SECONDS: z._default(integerSetting(1, 86_400), POLL_DEFAULTS.minSeconds),
  POLL_MAX_SECONDS: z._default(integerSetting(1, 604_800), POLL_DEFAULTS.maxSeconds),
  /** Time that a webhook may take, in seconds; Ocrolus tries for about ten minutes (docs/ocrolus.md#retries). */
  POLL_GRACE_SECONDS: z._default(integerSetting(1, 86_400), POLL_DEFAULTS.graceSeconds),
  /** Days for which an unchanged book or entry is asked about at the usual pace. */
  POLL_HORIZON_DAYS: z._default(numberSetting(0, 3650), POLL_DEFAULTS.horizonDays),
  /** Days for which results, and books with their documents, are kept. Absent: permanently. */
  RESULT_DAYS: z.optional(integerSetting(1, 3650)),
  DOCUMENT_DAYS: z.optional(integerSetting(1, 3650)),
  /** Factor for every time of checklist, poller and circuit: 1 in a deployment, less in the local stack. */
  TIME_SCALE: z._default(numberSetting(0.000_001, 1), 1),
};
