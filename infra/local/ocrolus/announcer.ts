import type { EventName } from '../../../shared/events/catalog.ts';
import type { Book } from './state/book.ts';
import type { Moment } from './state/moments.ts';
import type { Organization } from './state/organization.ts';
import { fork } from './state/random.ts';
import { anyEvent } from './webhooks/any-event.ts';
import { Deliveries, type Delivery } from './webhooks/delivery.ts';
import { type DeliveryFaults, fateOf } from './webhooks/delivery-faults.ts';
import { eventOf, type Vocabulary } from './webhooks/events.ts';

/** How a change is announced. */
export interface Announce {
  /** `false`: the state changes and nobody is told, like a webhook that got lost. Default true. */
  readonly deliver?: boolean;
  /** Default: the simulator's. */
  readonly vocabulary?: Vocabulary;
}

/** Turns moments into deliveries to the subscribers. */
export class Announcer {
  readonly deliveries: Deliveries;
  faults: DeliveryFaults = {};
  readonly #organization: Organization;
  readonly #random: () => number;

  constructor(organization: Organization) {
    this.#organization = organization;
    this.#random = fork(organization.options.random);
    this.deliveries = new Deliveries(organization.options, organization.ids);
  }

  /** Posts all at once: Ocrolus promises no order. Resolves when every outcome is known; never rejects. */
  async announce(moments: readonly Moment[], { deliver = true, vocabulary }: Announce): Promise<Delivery[]> {
    for (const book of new Set(moments.map((moment) => moment.book))) this.#organization.save(book);
    if (!deliver) return [];
    const { options } = this.#organization;
    const events = moments
      .map((moment) => eventOf(moment, vocabulary ?? options.vocabulary, options.announceRequestIds))
      .filter((event) => event !== undefined);
    const sent = events.map(({ eventName, body }) => this.send(eventName, JSON.stringify(body)));
    return (await Promise.all(sent)).flat();
  }

  /** Nothing happens to the book. */
  async announceAny(book: Book, eventName: EventName): Promise<Delivery[]> {
    return this.send(eventName, JSON.stringify(anyEvent(book, eventName).body));
  }

  /** One delivery for each subscriber; one record that says so when there is none. */
  send(eventName: string, body: string): Promise<Delivery[]> {
    const targets = this.#organization.registrations.targets(eventName);
    const receivers = targets.length === 0 ? [undefined] : targets;
    return Promise.all(
      receivers.map((target) => {
        const fate = fateOf(this.faults, eventName, body, this.#random);
        return this.deliveries.send(target, eventName, body, fate);
      }),
    );
  }
}
