import * as z from 'zod';
import { Slots } from '../../../../shared/slots.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Ids } from '../random.ts';
import { post } from './post.ts';
import type { Target } from './registrations.ts';

/** The first attempt and three more (docs/ocrolus.md#retries). */
const ATTEMPTS = 4;

export type Outcome =
  | 'pending'
  | 'delivered'
  /** Every attempt failed: Ocrolus never comes back to it. */
  | 'given-up'
  /** Lost on purpose. */
  | 'dropped'
  /** Nobody has subscribed to the event. */
  | 'unsubscribed'
  /** The simulator was closed first. */
  | 'abandoned';

/** One POST of a delivery. */
export interface Attempt {
  /** Its `Webhook-Request-Id`. */
  readonly deliveryId: string;
  /** ISO 8601 UTC with milliseconds: when the attempt began. */
  readonly at: string;
  /** HTTP status; `null` when there was no answer in time or at all. */
  readonly status: number | null;
}

/** What became of one delivery. It changes while attempts are made. */
export interface Delivery {
  /** `Webhook-Request-Id` of the latest attempt. */
  readonly deliveryId: string;
  readonly eventName: string;
  readonly body: string;
  /** ISO 8601 UTC with milliseconds: when it was to be sent, whether or not it was. */
  readonly at: string;
  readonly attempts: readonly Attempt[];
  readonly outcome: Outcome;
}

/** While attempts are made. */
type OpenDelivery = { -readonly [K in Exclude<keyof Delivery, 'attempts'>]: Delivery[K] } & {
  readonly attempts: Attempt[];
};

/** What happens to one delivery on its way. */
export interface DeliveryFate {
  /** Never sent at all: as if every attempt had been lost. */
  readonly drop?: boolean;
  /** Sent so many times more. */
  readonly duplicates?: number;
  /** Whether a duplicate has a request id of its own; nobody knows. Default `new`. */
  readonly duplicateRequestId?: 'same' | 'new';
  /** The first attempt waits so long, in milliseconds. */
  readonly delayMs?: number;
  /** Held back until another delivery has had an attempt, but at most so long, in milliseconds. */
  readonly overtakenWithinMs?: number;
}

const Chance = z.number().min(0).max(1).optional();

/** Chances of a fate. */
export const DeliveryOdds = z.strictObject({
  drop: Chance,
  duplicate: Chance,
  delay: Chance,
  reorder: Chance,
  /** The longest wait of a delayed or overtaken delivery; default 1,000. */
  maxDelayMs: z.int().min(0).max(3_600_000).optional(),
});
export type DeliveryOdds = z.infer<typeof DeliveryOdds>;

/** Chances, or a decision for each event. */
export type DeliveryFaults = DeliveryOdds | ((eventName: string, body: string) => DeliveryFate);

export function fateOf(
  faults: DeliveryFaults,
  eventName: string,
  body: string,
  random: () => number,
): DeliveryFate {
  if (typeof faults === 'function') return faults(eventName, body);
  // Every number is drawn every time, so that one chance does not shift the others.
  const [drop, duplicate, sameId, delay, wait, reorder] = Array.from({ length: 6 }, random);
  const maxDelayMs = faults.maxDelayMs ?? 1000;
  const happens = (drawn = 1, chance = 0) => drawn < chance;
  return {
    drop: happens(drop, faults.drop),
    duplicates: happens(duplicate, faults.duplicate) ? 1 : 0,
    duplicateRequestId: happens(sameId, 0.5) ? 'same' : 'new',
    delayMs: happens(delay, faults.delay) ? Math.floor((wait ?? 0) * maxDelayMs) : 0,
    overtakenWithinMs: happens(reorder, faults.reorder) ? maxDelayMs : 0,
  };
}

/** Posts deliveries, tries again, and remembers what became of them. */
export class Deliveries {
  readonly all: Delivery[] = [];
  readonly #options: SimulatorOptions;
  readonly #ids: Ids;
  readonly #slots: Slots;
  readonly #closing = new AbortController();
  readonly #open = new Set<Promise<Delivery>>();
  #overtaken: (() => void)[] = [];

  constructor(options: SimulatorOptions, ids: Ids) {
    this.#options = options;
    this.#ids = ids;
    this.#slots = new Slots(options.attemptsAtOnce);
  }

  /** Starts a delivery, and its duplicates, and resolves when the outcome of the first is known. Never rejects. */
  send(target: Target | undefined, eventName: string, body: string, fate: DeliveryFate): Promise<Delivery> {
    const first = this.#start(target, { eventName, body, deliveryId: this.#requestId() }, fate);
    for (let left = fate.duplicates ?? 0; left > 0 && fate.drop !== true; left -= 1) {
      const requestId = fate.duplicateRequestId === 'same' ? first.delivery.deliveryId : this.#requestId();
      this.#start(target, { eventName, body, deliveryId: requestId }, {});
    }
    return first.done;
  }

  /** Waits until every delivery has its outcome. Deliveries held back are let go. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) {
      this.#release();
      await Promise.race([...this.#open]);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.idle();
  }

  #start(
    target: Target | undefined,
    announced: Pick<OpenDelivery, 'deliveryId' | 'eventName' | 'body'>,
    fate: DeliveryFate,
  ): { delivery: OpenDelivery; done: Promise<Delivery> } {
    const at = new Date(this.#options.now()).toISOString();
    const delivery: OpenDelivery = { ...announced, at, attempts: [], outcome: 'pending' };
    this.all.push(delivery);
    const done: Promise<Delivery> = this.#run(delivery, target, fate).then((outcome) => {
      delivery.outcome = outcome;
      this.#open.delete(done);
      return delivery;
    });
    this.#open.add(done);
    return { delivery, done };
  }

  async #run(delivery: OpenDelivery, target: Target | undefined, fate: DeliveryFate): Promise<Outcome> {
    if (target === undefined) return 'unsubscribed';
    if (fate.drop === true) return 'dropped';
    await this.#beOvertaken(fate.overtakenWithinMs ?? 0);
    if (!(await this.#sleep(fate.delayMs ?? 0))) return 'abandoned';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (attempt > 1) {
        if (!(await this.#sleep(this.#options.retryDelayMs))) return 'abandoned';
        if (this.#options.retryRequestId === 'new') delivery.deliveryId = this.#requestId();
      }
      // Exactly 200 is success: 201, 202, 204 and redirects are not.
      const status = await this.#slots.run(() => this.#attempt(delivery, target));
      if (status === 200) return 'delivered';
      if (this.#closing.signal.aborted) return 'abandoned';
    }
    return 'given-up';
  }

  async #attempt(delivery: OpenDelivery, target: Target): Promise<number | null> {
    const now = this.#options.now();
    const at = new Date(now).toISOString();
    const timestamp = String(Math.floor(now / 1000));
    const request = { requestId: delivery.deliveryId, timestamp, body: delivery.body };
    const status = await post(target, request, this.#options.deliveryTimeoutMs, this.#closing.signal);
    delivery.attempts.push({ deliveryId: request.requestId, at, status });
    this.#release();
    return status;
  }

  async #beOvertaken(withinMs: number): Promise<void> {
    if (withinMs === 0) return;
    const released = new AbortController();
    this.#overtaken.push(() => released.abort());
    await this.#sleep(withinMs, released.signal);
  }

  #release(): void {
    const waiting = this.#overtaken;
    this.#overtaken = [];
    for (const go of waiting) go();
  }

  /** @returns false when the simulator was closed meanwhile. */
  async #sleep(ms: number, wake?: AbortSignal): Promise<boolean> {
    const closing = this.#closing.signal;
    const signal = wake === undefined ? closing : AbortSignal.any([closing, wake]);
    try {
      if (ms > 0) await this.#options.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !closing.aborted;
  }

  #requestId(): string {
    return this.#ids.uuidV7(this.#options.now());
  }
}
