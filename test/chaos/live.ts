import { setTimeout as delay } from 'node:timers/promises';
import type { Announce, Book, Delivery, Simulator } from '../simulator/index.ts';
import { Claims } from './claims.ts';
import type { Tally } from './faults.ts';
import { type Life, planDocument, type Step } from './plan.ts';

/** Deliveries under way at a time, beyond which no book takes another step. */
const MOST_UNDER_WAY = 300;

const LOOK_AGAIN_MS = 250;

/** Lets books live their lives in the simulator, many at a time. */
export class Lives {
  readonly claims = new Claims();
  readonly #simulator: Simulator;
  readonly #random: () => number;
  readonly #tally: Tally;
  readonly #isCrowded: () => boolean;
  #underWay = 0;
  #roomMade = Promise.withResolvers<void>();

  /** @param isCrowded while it is so, no book takes another step. */
  constructor(simulator: Simulator, random: () => number, tally: Tally, isCrowded: () => boolean) {
    this.#isCrowded = isCrowded;
    this.#simulator = simulator;
    this.#random = random;
    this.#tally = tally;
  }

  /** @param atOnce books that live at a time. */
  async run(lives: readonly Life[], atOnce: number): Promise<void> {
    const left = [...lives].reverse();
    const live = async () => {
      for (let life = left.pop(); life !== undefined; life = left.pop()) await this.#live(life);
    };
    await Promise.all(Array.from({ length: atOnce }, live));
  }

  async #live({ documents, vocabulary, steps }: Life): Promise<void> {
    const announce = { vocabulary };
    const book = this.#simulator.addBook({ documents }, announce);
    for (const step of steps) {
      while (this.#underWay > MOST_UNDER_WAY) await this.#roomMade.promise;
      while (this.#isCrowded()) await delay(LOOK_AGAIN_MS);
      const deliveries = this.#follow(this.#take(step, book, announce));
      // Often the next thing happens while the last is still being announced.
      if (this.#random() < 0.6) await deliveries;
    }
  }

  async #follow(deliveries: Promise<readonly Delivery[]>): Promise<void> {
    this.#underWay += 1;
    await deliveries;
    this.#underWay -= 1;
    this.#roomMade.resolve();
    this.#roomMade = Promise.withResolvers<void>();
  }

  async #take(step: Step, book: Book, announce: Announce): Promise<readonly Delivery[]> {
    const simulator = this.#simulator;
    this.#tally.add(step);
    const { uuid } = book;
    switch (step) {
      case 'classify':
        return this.#claim(book, 'classification', uuid, simulator.classifyBook(uuid, announce));
      case 'verify-documents':
        return flat(book.documents.map((document) => simulator.verifyDocument(document.uuid, announce)));
      case 'verify-book':
        return simulator.verifyBook(uuid, announce);
      case 'analytics':
        return simulator.completeAnalytics(uuid, announce);
      case 'detect':
        return this.#detect(book, announce);
      case 'income':
        return this.#claim(book, 'income', uuid, simulator.calculateIncome(uuid, announce));
      case 'complete':
        return simulator.completeBook(uuid, announce);
      case 'reopen':
        this.claims.change(uuid);
        simulator.addDocument(uuid, planDocument(this.#random), announce);
        return [];
      case 'suspicious-activity': {
        const flagged = simulator.flagSuspiciousActivity(uuid, announce);
        return this.#claim(book, 'suspicious-activity', uuid, flagged);
      }
      case 'business': {
        const business = simulator.createBusiness(uuid);
        const verified = simulator.verifyBusiness(uuid, business.uuid, announce);
        return this.#claim(book, 'business', business.uuid, verified);
      }
      case 'request-analytics':
        if (book.status !== 'VERIFIED') return [];
        return this.#requestAnalytics(book, announce);
      case 'by-pk':
        return [
          await simulator.deliver(
            'BOOK_VERIFIED',
            `{"event":"BOOK_VERIFIED","status":"BOOK_COMPLETE","book_pk":${book.pk}}`,
          ),
        ];
      case 'unheard-of':
        return [
          await simulator.deliver('book.unheard_of', { event_name: 'book.unheard_of', book_uuid: uuid }),
        ];
      case 'delete':
        simulator.deleteBook(uuid);
        return [];
    }
  }

  #requestAnalytics(book: Book, announce: Announce): Promise<readonly Delivery[]> {
    const { id } = this.#simulator.requestAsyncAnalytics(book.uuid);
    return this.#claim(book, 'analytics', id, this.#simulator.completeAnalytics(book.uuid, announce));
  }

  #detect(book: Book, announce: Announce): Promise<readonly Delivery[]> {
    const finished = book.documents.filter(
      ({ status, detect }) =>
        detect === 'pending' && (status === 'VERIFICATION_COMPLETE' || status === 'REJECTED'),
    );
    return flat(
      finished.map(({ uuid, detectOutcome }) =>
        this.#claim(book, 'signals', uuid, this.#simulator.runDetect(uuid, detectOutcome, announce)),
      ),
    );
  }

  #claim(
    book: Book,
    kind: Parameters<Claims['add']>[1],
    subject: string,
    deliveries: Promise<readonly Delivery[]>,
  ): Promise<readonly Delivery[]> {
    this.claims.add(book.uuid, kind, subject, deliveries);
    return deliveries;
  }
}

async function flat(all: readonly Promise<readonly Delivery[]>[]): Promise<readonly Delivery[]> {
  return (await Promise.all(all)).flat();
}
