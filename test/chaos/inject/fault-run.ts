import { setTimeout as delay } from 'node:timers/promises';
import type { CallRecord, FaultRule } from '../../../infra/local/ocrolus/index.ts';
import type { Fault } from '../faults.ts';
import type { Harness } from '../harness.ts';
import { countVisible } from '../oracle/queued.ts';
import type { FaultContext } from './context.ts';

/** Between two runs of the poller. */
const POLL_EVERY_MS = 400;

/** What Ocrolus says with a 429 during an overload. */
export const RETRY_AFTER_SECONDS = 8;
/**
 * The most calls that one overload refuses: no call would keep a pause that none of them could write down, because
 * DynamoDB failed or the consumer was killed.
 */
const OVERLOAD_CALLS = 12;
/**
 * After the first refusal, so that the overload is over before the pause is: only one or two calls go out after a pause
 * before all processes know of the next one.
 */
const OVERLOAD_MS = (RETRY_AFTER_SECONDS * 1000) / 2;

/** Faults of Ocrolus's API, at random. A 429 stops every process for a second, so there are few of them. */
const API_FAULTS = [
  { name: 'rate-limited', fault: 'rate-limited', probability: 0.002 },
  { name: 'server-error', fault: 'server-error', probability: 0.02 },
  { name: 'html', fault: 'bad-gateway', probability: 0.01 },
  { name: 'timeout', fault: 'timeout', probability: 0.003, breaksAfterMs: 2000 },
  { name: 'truncated', fault: 'truncated', probability: 0.01 },
  { name: 'error-in-body', fault: 'error-in-body', probability: 0.01 },
] as const;

const ANALYTICS = /^\/v2\/book\/[^/]+\/(summary|cash_flow_features|enriched_txns|income)/;
const NOT_READY_MS = 3000;

/** A proxy refuses every call without a code of Ocrolus, for so long after the first one. */
const FORBIDDEN_MS = 2000;

/** Chance alone leaves something out of a short run: each outage in turn comes for sure, after this many ticks. */
const TICKS_OF_A_TURN = 3;

const WATCH_EVERY_MS = 1000;
/** Messages that no consumer has received, beyond which the consumers may catch up first. */
const MOST_WAITING = 10_000;

/** Other refusals do not say for how long. */
export function isRefusedByOverload({ retryAfterSeconds }: CallRecord): boolean {
  return retryAfterSeconds === RETRY_AFTER_SECONDS;
}

function isForbidden({ fault }: CallRecord): boolean {
  return fault === 'forbidden';
}

interface Unnoticed {
  /** How many calls there had been when it began. */
  readonly from: number;
  readonly isMet: (call: CallRecord) => boolean;
  readonly end: () => void;
  readonly lastsMs: number;
}

/** Injects every fault of the profile until it is ended. The poller runs all the while. */
export class FaultRun {
  polls = 0;
  /** How many calls there had been when each overload began. */
  readonly overloads: number[] = [];
  #overloadAt = 0;
  /** Faults that last until some call has met them, and a while longer: one that no caller notices is none. */
  #unnoticed: Unnoticed[] = [];
  #waiting = 0;
  readonly #harness: Harness;
  readonly #context: FaultContext;
  readonly #tickMs: number;
  readonly #queues: readonly string[];
  #isOver = false;
  #running: Promise<unknown>;

  constructor(harness: Harness, context: FaultContext, tickMs: number) {
    this.#harness = harness;
    this.#context = context;
    this.#tickMs = tickMs;
    this.#queues = Object.values(harness.stack.queues).map(({ url }) => url);
    for (const { name, ...rule } of API_FAULTS)
      if (context.profile.has(name)) harness.simulator.faults.add(rule);
    this.#running = Promise.all([this.#tick(), this.#poll(), this.#watch()]);
  }

  get isOverloaded(): boolean {
    return this.#waiting > MOST_WAITING;
  }

  /** Ends all faults. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    this.#context.isOver = true;
    this.#context.outages.end();
    this.#harness.simulator.faults.clear();
  }

  /** Runs the poller once. */
  async poll(): Promise<void> {
    this.polls += 1;
    await this.#harness.stack.invokePoller();
  }

  async #poll(): Promise<void> {
    while (!this.#isOver) {
      await this.poll();
      await delay(POLL_EVERY_MS);
    }
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      this.#waiting = await countVisible(this.#harness, this.#queues);
      await delay(WATCH_EVERY_MS);
    }
  }

  async #tick(): Promise<void> {
    for (let tick = 1; !this.#isOver; tick += 1) {
      await delay(this.#tickMs);
      this.#endNoticed();
      const isTurn = (n: number) => tick === n * TICKS_OF_A_TURN;
      const { simulator } = this.#harness;
      await this.#sometimes('consumers-killed', 0.25, () => this.#kill(this.#anyChannel()));
      await this.#sometimes('webhook-killed', 0.1, () => this.#kill('webhook'));
      await this.#sometimes('poller-killed', 0.02, () => this.#kill('poller'));
      await this.#sometimes('expired-token', 0.1, () => {
        simulator.tokens.revokeAll();
        simulator.tokens.error = this.#context.random() < 0.5 ? 'unauthorized' : 'authentication-failed';
      });
      await this.#sometimes('overload', isTurn(OUTAGES.length + 3) ? 1 : 0.02, () => this.#overload());
      await this.#sometimes('forbidden', isTurn(OUTAGES.length + 1) ? 1 : 0.02, () => {
        if (this.#unnoticed.some(({ isMet }) => isMet === isForbidden)) return;
        this.#untilNoticed({ fault: 'forbidden' }, isForbidden, FORBIDDEN_MS);
      });
      await this.#sometimes('not-ready', 0.04, () => {
        this.#forAWhile({ fault: 'not-ready', path: ANALYTICS, probability: 0.7 }, NOT_READY_MS);
      });
      for (const [n, [fault, chance, longest]] of OUTAGES.entries()) {
        const isFull = isTurn(n + 1);
        await this.#sometimes(fault, isFull ? 1 : chance, () =>
          this.#context.outages.begin(fault, longest * (isFull ? 1 : this.#context.random())),
        );
      }
    }
  }

  async #sometimes(fault: Fault, chance: number, begin: () => unknown): Promise<void> {
    if (this.#context.random() >= chance || !this.#context.profile.has(fault)) return;
    await begin();
    this.#context.tally.add(`${fault} (episodes)`);
  }

  #forAWhile(rule: FaultRule, milliseconds: number): void {
    setTimeout(this.#harness.simulator.faults.add(rule), milliseconds).unref();
  }

  #overload(): void {
    const now = Date.now();
    if (now - this.#overloadAt < 2 * RETRY_AFTER_SECONDS * 1000) return;
    if (this.#unnoticed.some(({ isMet }) => isMet === isRefusedByOverload)) return;
    this.#overloadAt = now;
    this.overloads.push(this.#harness.simulator.calls.length);
    const rule = {
      fault: 'rate-limited',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      times: OVERLOAD_CALLS,
    } as const;
    this.#untilNoticed(rule, isRefusedByOverload, OVERLOAD_MS);
  }

  #untilNoticed(rule: FaultRule, isMet: Unnoticed['isMet'], lastsMs: number): void {
    const { faults, calls } = this.#harness.simulator;
    this.#unnoticed.push({ from: calls.length, isMet, end: faults.add(rule), lastsMs });
  }

  #endNoticed(): void {
    const { calls } = this.#harness.simulator;
    this.#unnoticed = this.#unnoticed.filter(({ from, isMet, end, lastsMs }) => {
      const isNoticed = calls.slice(from).some(isMet);
      if (isNoticed) setTimeout(end, lastsMs).unref();
      return !isNoticed;
    });
  }

  async #kill(name: string): Promise<void> {
    if (await this.#harness.stack.killEnvironment(name)) this.#context.tally.add('kills');
  }

  #anyChannel(): string {
    const names = Object.keys(this.#harness.stack.queues);
    return names[Math.floor(this.#context.random() * names.length)] ?? 'lifecycle';
  }
}

/** What fails altogether for a while: chance at each tick, longest time in milliseconds. */
const OUTAGES = [
  ['sqs-failures', 0.01, 1500],
  ['webhook-down', 0.02, 1500],
  ['dynamodb-throttled', 0.01, 800],
  ['dynamodb-failures', 0.01, 800],
  ['bucket-failures', 0.01, 2000],
] as const satisfies readonly (readonly [Fault, number, number])[];
