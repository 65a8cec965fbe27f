import { setTimeout as delay } from 'node:timers/promises';
import type { Announce, Book, Delivery, Simulator } from '../../../infra/local/ocrolus/index.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { Tally } from '../faults.ts';
import { Announcements } from './announcements.ts';
import { type BookScript, planDocument, type Step } from './script.ts';

/** Deliveries under way at a time, beyond which no book takes another step. */
const MOST_UNDER_WAY = 300;

const CHECK_AGAIN_MS = 250;

/** Runs the scripts of books in the simulator, many at a time. */
export class BookScripts {
  readonly announcements = new Announcements();
  readonly #simulator: Simulator;
  readonly #random: () => number;
  readonly #tally: Tally;
  readonly #isOverloaded: () => boolean;
  #underWay = 0;
  #finishedOne = Promise.withResolvers<void>();

  /** @param isOverloaded while it is so, no book takes another step. */
  constructor(simulator: Simulator, random: () => number, tally: Tally, isOverloaded: () => boolean) {
    this.#isOverloaded = isOverloaded;
    this.#simulator = simulator;
    this.#random = random;
    this.#tally = tally;
  }

  /** @param atOnce books at a time. */
  async run(scripts: readonly BookScript[], atOnce: number): Promise<void> {
    const left = [...scripts].reverse();
    const runNext = async () => {
      for (let script = left.pop(); script !== undefined; script = left.pop()) await this.#run(script);
    };
    await Promise.all(Array.from({ length: atOnce }, runNext));
  }

  async #run({ documents, vocabulary, steps }: BookScript): Promise<void> {
    const announce = { vocabulary };
    const book = this.#simulator.addBook({ documents }, announce);
    for (const step of steps) {
      while (this.#underWay > MOST_UNDER_WAY) await this.#finishedOne.promise;
      while (this.#isOverloaded()) await delay(CHECK_AGAIN_MS);
      const deliveries = this.#follow(this.#take(step, book, announce));
      // Often the next step happens while the last one is still being announced.
      if (this.#random() < 0.6) await deliveries;
    }
  }

  async #follow(deliveries: Promise<readonly Delivery[]>): Promise<void> {
    this.#underWay += 1;
    await deliveries;
    this.#underWay -= 1;
    this.#finishedOne.resolve();
    this.#finishedOne = Promise.withResolvers<void>();
  }

  async #take(step: Step, book: Book, announce: Announce): Promise<readonly Delivery[]> {
    const simulator = this.#simulator;
    this.#tally.add(step);
    const { uuid } = book;
    switch (step) {
      case 'classify':
        return this.#announced(book, 'classification', uuid, simulator.classifyBook(uuid, announce));
      case 'verify-documents':
        return flat(book.documents.map((document) => simulator.verifyDocument(document.uuid, announce)));
      case 'verify-book':
        return simulator.verifyBook(uuid, announce);
      case 'analytics':
        return simulator.completeAnalytics(uuid, announce);
      case 'detect':
        return this.#detect(book, announce);
      case 'income':
        return this.#announced(book, 'income', uuid, simulator.calculateIncome(uuid, announce));
      case 'complete':
        return simulator.completeBook(uuid, announce);
      case 'reopen':
        this.announcements.countChange(uuid);
        simulator.addDocument(uuid, planDocument(this.#random), announce);
        return [];
      case 'suspicious-activity': {
        const flagged = simulator.flagSuspiciousActivity(uuid, announce);
        return this.#announced(book, 'suspicious-activity', uuid, flagged);
      }
      case 'business': {
        const business = simulator.createBusiness(uuid);
        const verified = simulator.verifyBusiness(uuid, business.uuid, announce);
        return this.#announced(book, 'business', business.uuid, verified);
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
      case 'unknown-event':
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
    return this.#announced(book, 'analytics', id, this.#simulator.completeAnalytics(book.uuid, announce));
  }

  #detect(book: Book, announce: Announce): Promise<readonly Delivery[]> {
    const finished = book.documents.filter(
      ({ status, detect }) =>
        detect === 'PENDING' && (status === 'VERIFICATION_COMPLETE' || status === 'REJECTED'),
    );
    const deliveries = flat(
      finished.map(({ uuid, detectOutcome }) =>
        this.#announced(book, 'signals', uuid, this.#simulator.runDetect(uuid, detectOutcome, announce)),
      ),
    );
    return this.#announced(book, 'signals', book.uuid, deliveries);
  }

  #announced(
    book: Book,
    kind: ResultKind,
    subject: string,
    deliveries: Promise<readonly Delivery[]>,
  ): Promise<readonly Delivery[]> {
    this.announcements.add(book.uuid, kind, subject, deliveries);
    return deliveries;
  }
}

async function flat(all: readonly Promise<readonly Delivery[]>[]): Promise<readonly Delivery[]> {
  return (await Promise.all(all)).flat();
}
