import type { Vocabulary } from '../model/book.ts';
import { eventOf, type Moment } from '../model/events.ts';
import type { SimulatorOptions } from '../options.ts';
import { fork, type Ids } from '../random.ts';
import { Deliveries, type Delivery, type DeliveryFaults, disturbanceOf } from './delivery.ts';
import type { Registrations } from './registrations.ts';

/** Options of an announcement. */
export interface Announce {
  /** `false`: the state changes, but no webhook is sent. Default true. */
  readonly deliver?: boolean | undefined;
  /** Default: the simulator's. */
  readonly vocabulary?: Vocabulary | undefined;
}

/** Turns moments into deliveries to the subscribers. */
export class Announcer {
  readonly deliveries: Deliveries;
  faults: DeliveryFaults = {};
  readonly #vocabulary: Vocabulary;
  readonly #registrations: Registrations;
  readonly #random: () => number;

  constructor(options: SimulatorOptions, ids: Ids, registrations: Registrations) {
    this.#vocabulary = options.vocabulary;
    this.#registrations = registrations;
    this.#random = fork(options.random);
    this.deliveries = new Deliveries(options, ids);
  }

  /** Posts all at once: Ocrolus promises no order. Resolves when every outcome is known; never rejects. */
  async announce(moments: readonly Moment[], { deliver = true, vocabulary }: Announce): Promise<Delivery[]> {
    if (!deliver) return [];
    const events = moments.flatMap((moment) => eventOf(moment, vocabulary ?? this.#vocabulary) ?? []);
    const sent = events.map(({ eventName, body }) => this.send(eventName, JSON.stringify(body)));
    return (await Promise.all(sent)).flat();
  }

  /** One delivery for each subscriber; without any, one record with the outcome `unsubscribed`. */
  send(eventName: string, body: string): Promise<Delivery[]> {
    const targets = this.#registrations.targets(eventName);
    const receivers = targets.length === 0 ? [undefined] : targets;
    return Promise.all(
      receivers.map((target) => {
        const disturbance = disturbanceOf(this.faults, eventName, body, this.#random);
        return this.deliveries.send(target, eventName, body, disturbance);
      }),
    );
  }
}
