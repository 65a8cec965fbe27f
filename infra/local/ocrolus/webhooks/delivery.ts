import * as z from 'zod';
import { Slots } from '../../../../shared/slots.ts';
import type { Vocabulary } from '../model/book.ts';
import { eventOf, type Moment } from '../model/events.ts';
import type { SimulatorOptions } from '../options.ts';
import { fork, type Ids } from '../random.ts';
import { post } from './post.ts';
import type { Registrations, Target } from './registrations.ts';

/** The first attempt and three more (docs/ocrolus.md#retries). */
const ATTEMPTS = 4;

export type Outcome =
  | 'pending'
  | 'delivered'
  /** Every attempt failed; Ocrolus sends it no more. */
  | 'given-up'
  /** Lost on purpose. */
  | 'dropped'
  /** There is no subscriber to the event. */
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

/** A delivery and its outcome so far. */
export interface Delivery {
  /** `Webhook-Request-Id` of the latest attempt. */
  deliveryId: string;
  readonly eventName: string;
  readonly body: string;
  /** ISO 8601 UTC with milliseconds: when it was to be sent, whether or not it was. */
  readonly at: string;
  readonly attempts: Attempt[];
  outcome: Outcome;
}

/** Options of an announcement. */
export interface Announce {
  /** `false`: the state changes, but no webhook is sent. Default true. */
  readonly deliver?: boolean | undefined;
  /** Default: the simulator's. */
  readonly vocabulary?: Vocabulary | undefined;
}

/** Faults of one delivery on its way. */
interface Disturbance {
  /** Never sent at all: as if every attempt had been lost. */
  readonly drop?: boolean;
  /** Number of duplicates. */
  readonly duplicates?: number;
  /** Whether a duplicate has a request id of its own, which Ocrolus does not document. Default `new`. */
  readonly duplicateRequestId?: 'same' | 'new';
  /** Milliseconds before the first attempt. */
  readonly delayMs?: number;
  /** Maximum of milliseconds for which it is held back until another delivery has had an attempt. */
  readonly overtakenWithinMs?: number;
}

const Chance = z.number().min(0).max(1).optional();

/** Probabilities of disturbances. */
export const DeliveryOdds = z.strictObject({
  drop: Chance,
  duplicate: Chance,
  delay: Chance,
  reorder: Chance,
  /** The longest wait of a delayed or overtaken delivery; default 1,000. */
  maxDelayMs: z.int().min(0).max(3_600_000).optional(),
});
export type DeliveryOdds = z.infer<typeof DeliveryOdds>;

/** Probabilities, or a decision for each event. */
export type DeliveryFaults = DeliveryOdds | ((eventName: string, body: string) => Disturbance);

function disturbanceOf(
  faults: DeliveryFaults,
  eventName: string,
  body: string,
  random: () => number,
): Disturbance {
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

/** Turns moments into deliveries to the subscribers, tries again, and keeps their outcomes. */
export class Deliveries {
  readonly all: Delivery[] = [];
  faults: DeliveryFaults = {};
  readonly #options: SimulatorOptions;
  readonly #ids: Ids;
  readonly #registrations: Registrations;
  readonly #random: () => number;
  readonly #slots: Slots;
  readonly #closing = new AbortController();
  readonly #open = new Set<Promise<Delivery>>();
  #overtaken: (() => void)[] = [];

  constructor(options: SimulatorOptions, ids: Ids, registrations: Registrations) {
    this.#options = options;
    this.#ids = ids;
    this.#registrations = registrations;
    this.#random = fork(options.random);
    this.#slots = new Slots(options.attemptsAtOnce);
  }

  /** Posts all at once: Ocrolus promises no order. Resolves when every outcome is known; never rejects. */
  async announce(moments: readonly Moment[], announce: Announce): Promise<Delivery[]> {
    const { deliver = true, vocabulary = this.#options.vocabulary } = announce;
    if (!deliver) return [];
    const events = moments.flatMap((moment) => eventOf(moment, vocabulary) ?? []);
    const sent = events.map(({ eventName, body }) => this.send(eventName, JSON.stringify(body)));
    return (await Promise.all(sent)).flat();
  }

  /** One delivery for each subscriber; without any, one record with the outcome `unsubscribed`. */
  send(eventName: string, body: string): Promise<Delivery[]> {
    const targets = this.#registrations.targets(eventName);
    const receivers = targets.length === 0 ? [undefined] : targets;
    return Promise.all(receivers.map((target) => this.#sendTo(target, eventName, body)));
  }

  /** Starts a delivery, and its duplicates, and resolves when the outcome of the first is known. Never rejects. */
  #sendTo(target: Target | undefined, eventName: string, body: string): Promise<Delivery> {
    const disturbance = disturbanceOf(this.faults, eventName, body, this.#random);
    const first = this.#start(target, { eventName, body, deliveryId: this.#requestId() }, disturbance);
    for (let left = disturbance.duplicates ?? 0; left > 0 && disturbance.drop !== true; left -= 1) {
      const requestId =
        disturbance.duplicateRequestId === 'same' ? first.delivery.deliveryId : this.#requestId();
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
    announced: Pick<Delivery, 'deliveryId' | 'eventName' | 'body'>,
    disturbance: Disturbance,
  ): { delivery: Delivery; done: Promise<Delivery> } {
    const at = new Date(this.#options.now()).toISOString();
    const delivery: Delivery = { ...announced, at, attempts: [], outcome: 'pending' };
    this.all.push(delivery);
    const done: Promise<Delivery> = this.#run(delivery, target, disturbance).then((outcome) => {
      delivery.outcome = outcome;
      this.#open.delete(done);
      return delivery;
    });
    this.#open.add(done);
    return { delivery, done };
  }

  async #run(delivery: Delivery, target: Target | undefined, disturbance: Disturbance): Promise<Outcome> {
    if (target === undefined) return 'unsubscribed';
    if (disturbance.drop === true) return 'dropped';
    await this.#beOvertaken(disturbance.overtakenWithinMs ?? 0);
    if (!(await this.#sleep(disturbance.delayMs ?? 0))) return 'abandoned';
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

  async #attempt(delivery: Delivery, target: Target): Promise<number | null> {
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
