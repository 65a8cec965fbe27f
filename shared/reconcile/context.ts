import type { ResultsPolicy } from '../checklist/kinds.ts';
import type { Rules } from '../checklist/lines.ts';
import type { Timing } from '../checklist/times.ts';
import { RESULT_KINDS } from '../events/result-kinds.ts';
import { asFailure } from '../failure.ts';
import type { Call, Guideline } from '../ocrolus/calls.ts';
import type { OcrolusClient, Reply } from '../ocrolus/client.ts';
import type { Receive } from '../ocrolus/read-answer.ts';
import type { Dependencies } from '../open-dependencies.ts';
import type { Slots } from '../slots.ts';
import { type LargeBody, receiveLargeBody } from '../store/bodies/large-body.ts';
import type { Writer } from '../store/books.ts';
import { streamedKey } from '../store/keys.ts';
import type { Circuits } from '../store/polling/circuits.ts';
import type { Log } from '../telemetry/log.ts';
import { RESULT_OUTLINE, type ResultReply } from './results/outline.ts';

/** What reconciling a book needs. */
export interface ReconcileDependencies extends Dependencies {
  readonly settings: {
    /** For how many days results are kept. Absent: permanently. */
    readonly RESULT_DAYS?: number | undefined;
    readonly INCOME_GUIDELINE?: Guideline | undefined;
    /** Whether the poller reads the accounts' lists of books. */
    readonly POLL_DISCOVER: boolean;
    /** A result that is missing for longer is counted as overdue. */
    readonly OVERDUE_HOURS: number;
    readonly TIME_SCALE: number;
  };
  readonly circuits: Circuits;
  readonly policy: ResultsPolicy;
  /** For bodies that are streamed to S3. */
  readonly streams: Slots;
}

/** One book that is being reconciled: how Ocrolus is asked about it, with which account, and until when. */
export class Context {
  readonly dependencies: ReconcileDependencies;
  readonly log: Log;
  readonly bookId: string;
  /** Unix milliseconds by which everything must be done. */
  readonly deadline: number;
  readonly source: Writer['source'];
  /** The account whose credentials are used: the owner of the book, once it is known. */
  account: string;
  /** Bodies that were received as streams. Those that are not stored in the end are discarded. */
  readonly #largeBodies: LargeBody[] = [];
  readonly #replies = new Map<string, Promise<ResultReply>>();

  constructor(options: Pick<Context, 'dependencies' | 'log' | 'bookId' | 'deadline' | 'source' | 'account'>) {
    this.dependencies = options.dependencies;
    this.log = options.log;
    this.bookId = options.bookId;
    this.deadline = options.deadline;
    this.source = options.source;
    const { names } = options.dependencies.accounts;
    // If the account was removed, the book may belong to another one.
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

  /** What decides which results the book should have. */
  async rules(): Promise<Rules> {
    const { circuits, policy } = this.dependencies;
    return { ...this.timing, policy, circuit: await circuits.states(this.account, RESULT_KINDS) };
  }

  /** @throws Failure `refused` for an account that is not served. */
  get client(): OcrolusClient {
    return this.dependencies.accounts.client(this.account);
  }

  /** The reply to a call, of limited size. @throws Failure `retry` */
  async ask(call: Call): Promise<Reply> {
    const reply = await this.#logged(call.operation, () => this.client.ask(call, this.deadline));
    this.#report(call, reply);
    return reply;
  }

  /** The reply to a call for a result of any size; the same one for all results that need it. @throws Failure `retry` */
  fetch(call: Call): Promise<ResultReply> {
    const key = `${call.path} ${JSON.stringify(call.query ?? {})}`;
    const known = this.#replies.get(key);
    if (known !== undefined) return known;
    const reply = this.fetchAgain(call);
    this.#replies.set(key, reply);
    return reply;
  }

  /** As `fetch`, but ignores earlier replies. */
  async fetchAgain(call: Call): Promise<ResultReply> {
    const reply = await this.#logged(call.operation, () =>
      this.client.fetch(call, this.deadline, this.#receiver()),
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

  /** Ends the uploads of bodies that were not stored. */
  async close(): Promise<void> {
    await Promise.all(this.#largeBodies.map((body) => body.discard()));
  }

  /** Each call is a line of the delivery's story (`ops delivery`): what was asked, how it ended, how long it took. */
  async #logged<Body>(operation: string, ask: () => Promise<Reply<Body>>): Promise<Reply<Body>> {
    const startedAt = this.now;
    const log = (answer: string, code?: string) =>
      this.log.info('Ocrolus asked', { operation, answer, code, ms: this.now - startedAt });
    try {
      const reply = await ask();
      log(reply.kind, reply.kind === 'ok' ? undefined : reply.code);
      return reply;
    } catch (error) {
      log('failed', asFailure(error).code);
      throw error;
    }
  }

  #receiver(): Receive<LargeBody> {
    const { ports, streams } = this.dependencies;
    return (chunks, signal) =>
      streams.run(async () => {
        const key = streamedKey(this.bookId, ports.id());
        const receiving = { bodies: ports.bodies, key, shape: RESULT_OUTLINE, signal };
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
