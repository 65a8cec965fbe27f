import * as z from 'zod';
import { Slots } from '../../../../shared/rate-limit/slots.ts';
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

export interface Attempt {
  /** Its `Webhook-Request-Id`. */
  readonly deliveryId: string;
  /** ISO 8601 UTC with milliseconds: when the attempt began. */
  readonly at: string;
  /** HTTP status; `null` when there was no answer in time or at all. */
  readonly status: number | null;
}

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

export interface Announce {
  /** `false`: the state changes, but no webhook is sent. Default true. */
  readonly deliver?: boolean | undefined;
  /** Default: the simulator's. */
  readonly vocabulary?: Vocabulary | undefined;
}

interface Disturbance {
  /** Never sent at all: as if every attempt had been lost. */
  readonly drop?: boolean;
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

export type Deliveries = ReturnType<typeof createDeliveries>;

/** Turns moments into deliveries to the subscribers, tries again, and keeps their outcomes. */
export function createDeliveries(options: SimulatorOptions, ids: Ids, registrations: Registrations) {
  const all: Delivery[] = [];
  const random = fork(options.random);
  const slots = new Slots(options.attemptsAtOnce);
  const closing = new AbortController();
  const open = new Set<Promise<Delivery>>();
  let overtaken: (() => void)[] = [];
  const newRequestId = () => ids.uuidV7(options.now());

  function release(): void {
    const waiting = overtaken;
    overtaken = [];
    for (const go of waiting) go();
  }

  /** @returns false when the simulator was closed meanwhile. */
  async function sleep(ms: number, wake?: AbortSignal): Promise<boolean> {
    const signal = wake === undefined ? closing.signal : AbortSignal.any([closing.signal, wake]);
    try {
      if (ms > 0) await options.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !closing.signal.aborted;
  }

  async function beOvertaken(withinMs: number): Promise<void> {
    if (withinMs === 0) return;
    const released = new AbortController();
    overtaken.push(() => released.abort());
    await sleep(withinMs, released.signal);
  }

  async function attempt(delivery: Delivery, target: Target): Promise<number | null> {
    const now = options.now();
    const { deliveryId: requestId, body } = delivery;
    const request = { requestId, timestamp: String(Math.floor(now / 1000)), body };
    const status = await post(target, request, options.deliveryTimeoutMs, closing.signal);
    delivery.attempts.push({ deliveryId: requestId, at: new Date(now).toISOString(), status });
    release();
    return status;
  }

  async function run(
    delivery: Delivery,
    target: Target | undefined,
    { drop, overtakenWithinMs = 0, delayMs = 0 }: Disturbance,
  ): Promise<Outcome> {
    if (target === undefined) return 'unsubscribed';
    if (drop === true) return 'dropped';
    await beOvertaken(overtakenWithinMs);
    if (!(await sleep(delayMs))) return 'abandoned';
    for (let count = 1; count <= ATTEMPTS; count += 1) {
      if (count > 1) {
        if (!(await sleep(options.retryDelayMs))) return 'abandoned';
        if (options.retryRequestId === 'new') delivery.deliveryId = newRequestId();
      }
      // Exactly 200 is success: 201, 202, 204 and redirects are not.
      const status = await slots.run(() => attempt(delivery, target));
      if (status === 200) return 'delivered';
      if (closing.signal.aborted) return 'abandoned';
    }
    return 'given-up';
  }

  function start(
    target: Target | undefined,
    announced: Pick<Delivery, 'deliveryId' | 'eventName' | 'body'>,
    disturbance: Disturbance,
  ): Promise<Delivery> {
    const at = new Date(options.now()).toISOString();
    const delivery: Delivery = { ...announced, at, attempts: [], outcome: 'pending' };
    all.push(delivery);
    const done: Promise<Delivery> = run(delivery, target, disturbance).then((outcome) => {
      delivery.outcome = outcome;
      open.delete(done);
      return delivery;
    });
    open.add(done);
    return done;
  }

  /** Starts a delivery, and its duplicates, and resolves when the outcome of the first is known. Never rejects. */
  function sendTo(target: Target | undefined, eventName: string, body: string): Promise<Delivery> {
    const disturbance = disturbanceOf(deliveries.faults, eventName, body, random);
    const { duplicates = 0, duplicateRequestId, drop } = disturbance;
    const deliveryId = newRequestId();
    const first = start(target, { eventName, body, deliveryId }, disturbance);
    for (let left = duplicates; left > 0 && drop !== true; left -= 1) {
      const requestId = duplicateRequestId === 'same' ? deliveryId : newRequestId();
      void start(target, { eventName, body, deliveryId: requestId }, {});
    }
    return first;
  }

  const deliveries = {
    all,
    faults: {} as DeliveryFaults,
    /** Posts all at once: Ocrolus promises no order. Resolves when every outcome is known; never rejects. */
    async announce(moments: readonly Moment[], announce: Announce): Promise<Delivery[]> {
      const { deliver = true, vocabulary = options.vocabulary } = announce;
      if (!deliver) return [];
      const events = moments.flatMap((moment) => eventOf(moment, vocabulary) ?? []);
      const sent = events.map(({ eventName, body }) => deliveries.send(eventName, JSON.stringify(body)));
      return (await Promise.all(sent)).flat();
    },
    /** One delivery for each subscriber; without any, one record with the outcome `unsubscribed`. */
    send(eventName: string, body: string): Promise<Delivery[]> {
      const targets = registrations.targets(eventName);
      const receivers = targets.length === 0 ? [undefined] : targets;
      return Promise.all(receivers.map((target) => sendTo(target, eventName, body)));
    },
    /** Waits until every delivery has its outcome. Deliveries held back are let go. */
    async idle(): Promise<void> {
      while (open.size > 0) {
        release();
        await Promise.race([...open]);
      }
    },
    async close(): Promise<void> {
      closing.abort();
      await deliveries.idle();
    },
  };
  return deliveries;
}
