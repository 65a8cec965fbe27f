import { setTimeout as delay } from 'node:timers/promises';
import { releaseLease } from '../../shared/store/poller-state.ts';
import type { CallRecord } from '../simulator/index.ts';
import type { Fault } from './faults.ts';
import type { Sky } from './mishaps.ts';
import { countVisible } from './queued.ts';
import type { World } from './world.ts';

/** Between two runs of the poller. */
const POLL_EVERY_MS = 400;

/** What Ocrolus says with a 429 during an overload. */
export const RETRY_AFTER_SECONDS = 8;
/**
 * How many calls it refuses so at most: a pause that none of them could write down, because DynamoDB failed or the
 * consumer was killed, would be kept by nobody.
 */
const OVERLOAD_CALLS = 12;
/**
 * After the first of them, so that it is over before the pause is: only one or two calls go out after a pause before all
 * hear of the next one.
 */
const OVERLOAD_MS = (RETRY_AFTER_SECONDS * 1000) / 2;

/** Faults of Ocrolus's API, at random. A 429 stops everybody for a second: with many of them little would happen. */
const API_FAULTS = [
  { name: 'rate-limited', fault: 'rate-limited', probability: 0.002 },
  { name: 'server-error', fault: 'server-error', probability: 0.02 },
  { name: 'html', fault: 'bad-gateway', probability: 0.01 },
  { name: 'timeout', fault: 'timeout', probability: 0.003, breaksAfterMs: 2000 },
  { name: 'truncated', fault: 'truncated', probability: 0.01 },
  { name: 'error-in-body', fault: 'error-in-body', probability: 0.01 },
] as const;

const ANALYTICS = /^\/v2\/book\/[^/]+\/(summary|cash_flow_features|enriched_txns|income)/;

/** Chance alone leaves something out of a short storm: each in turn comes for sure, and in full, after this many ticks. */
const TICKS_OF_A_TURN = 3;

const WATCH_EVERY_MS = 1000;
/** Messages that nobody has received, beyond which the consumers are to catch up, in the storm still. */
const MOST_WAITING = 10_000;

/** Other refusals do not say for how long. */
export function isRefusedByOverload({ retryAfterSeconds }: CallRecord): boolean {
  return retryAfterSeconds === RETRY_AFTER_SECONDS;
}

/** Makes everything go wrong that the weather has, until it is over. The poller runs all the while. */
export class Storm {
  polls = 0;
  /** How many calls there had been when each overload began. */
  readonly overloads: number[] = [];
  #overloadAt = 0;
  /** While nobody has been refused by it yet: an overload that nobody hears of is none. */
  #endOverload: (() => void) | undefined;
  #waiting = 0;
  readonly #world: World;
  readonly #sky: Sky;
  readonly #tickMs: number;
  readonly #queues: readonly string[];
  #over = false;
  #running: Promise<unknown>;

  constructor(world: World, sky: Sky, tickMs: number) {
    this.#world = world;
    this.#sky = sky;
    this.#tickMs = tickMs;
    this.#queues = Object.values(world.stack.queues).map(({ url }) => url);
    for (const { name, ...rule } of API_FAULTS) if (sky.weather.has(name)) world.simulator.faults.add(rule);
    this.#running = Promise.all([this.#tick(), this.#poll(), this.#watch()]);
  }

  get isCrowded(): boolean {
    return this.#waiting > MOST_WAITING;
  }

  /** The sun comes out. The poller goes on. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#running;
    this.#sky.calm = true;
    this.#sky.outages.end();
    this.#world.simulator.faults.clear();
    await this.#freeLease();
  }

  /** Runs the poller once. */
  async poll(): Promise<void> {
    this.polls += 1;
    await this.#world.stack.invokePoller();
  }

  async #poll(): Promise<void> {
    while (!this.#over) {
      await this.poll();
      await delay(POLL_EVERY_MS);
    }
  }

  async #watch(): Promise<void> {
    while (!this.#over) {
      this.#waiting = await countVisible(this.#world, this.#queues);
      await delay(WATCH_EVERY_MS);
    }
  }

  async #tick(): Promise<void> {
    for (let tick = 1; !this.#over; tick += 1) {
      await delay(this.#tickMs);
      this.#endOverloadSoon();
      const isTurn = (n: number) => tick === n * TICKS_OF_A_TURN;
      const { simulator } = this.#world;
      await this.#sometimes('consumers-killed', 0.25, () => this.#kill(this.#anyChannel()));
      await this.#sometimes('webhook-killed', 0.1, () => this.#kill('webhook'));
      await this.#sometimes('poller-killed', 0.02, () => this.#killPoller());
      await this.#sometimes('expired-token', 0.1, () => {
        simulator.tokens.revokeAll();
        simulator.tokens.error = this.#sky.random() < 0.5 ? '401' : '400/1200';
      });
      await this.#sometimes('overload', isTurn(OUTAGES.length + 1) ? 1 : 0.02, () => this.#overload());
      await this.#sometimes('not-ready', 0.04, () => {
        const path = ANALYTICS;
        this.#passing({ fault: 'not-ready', path, probability: 0.7 }, 3000);
      });
      for (const [n, [fault, chance, longest]] of OUTAGES.entries()) {
        const isFull = isTurn(n + 1);
        await this.#sometimes(fault, isFull ? 1 : chance, () =>
          this.#sky.outages.begin(fault, longest * (isFull ? 1 : this.#sky.random())),
        );
      }
    }
  }

  async #sometimes(fault: Fault, chance: number, happen: () => unknown): Promise<void> {
    if (this.#sky.random() >= chance || !this.#sky.weather.has(fault)) return;
    await happen();
    this.#sky.tally.add(`${fault} (episodes)`);
  }

  #passing(rule: Parameters<World['simulator']['faults']['add']>[0], milliseconds: number): void {
    setTimeout(this.#world.simulator.faults.add(rule), milliseconds).unref();
  }

  #overload(): void {
    const now = Date.now();
    const isRecent = now - this.#overloadAt < 2 * RETRY_AFTER_SECONDS * 1000;
    if (isRecent || this.#endOverload !== undefined) return;
    this.#overloadAt = now;
    this.overloads.push(this.#world.simulator.calls.length);
    const rule = {
      fault: 'rate-limited',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      times: OVERLOAD_CALLS,
    } as const;
    this.#endOverload = this.#world.simulator.faults.add(rule);
  }

  #endOverloadSoon(): void {
    const end = this.#endOverload;
    const calls = this.#world.simulator.calls.slice(this.overloads.at(-1));
    if (end === undefined || !calls.some(isRefusedByOverload)) return;
    this.#endOverload = undefined;
    setTimeout(end, OVERLOAD_MS).unref();
  }

  async #kill(name: string): Promise<void> {
    if (await this.#world.stack.killEnvironment(name)) this.#sky.tally.add('kills');
  }

  async #killPoller(): Promise<void> {
    await this.#kill('poller');
    await this.#freeLease();
  }

  /** A lease that is left behind ends by itself after five minutes, which are not to be waited for. */
  async #freeLease(): Promise<void> {
    const lease = await this.#world.table.get({ bookId: 'poller', item: 'LEASE' });
    if (typeof lease?.owner === 'string') await releaseLease(this.#world.table, lease.owner);
  }

  #anyChannel(): string {
    const names = Object.keys(this.#world.stack.queues);
    return names[Math.floor(this.#sky.random() * names.length)] ?? 'lifecycle';
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
