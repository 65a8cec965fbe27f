import { setTimeout as delay } from 'node:timers/promises';
import type { EventName } from '../../../../shared/events/catalog.ts';
import type { ApiFault, FaultSettings } from '../http/faults.ts';
import type { Book, DetectOutcome, Document } from '../model/book.ts';
import { nextStep, type Simulator, type StepName } from '../simulator.ts';
import type { DocumentSpec } from '../specs.ts';
import type { Announce } from '../webhooks/announcer.ts';
import type { Delivery, DeliveryOdds } from '../webhooks/delivery.ts';
import type { NewBook } from './requests.ts';

/** A step does not wait longer than this for the deliveries of the one before: they may be delayed for long, or fail. */
const STEP_PATIENCE_MS = 1000;

/** One switch for each fault of the API, and the chances of what happens to deliveries. */
export class FaultSwitches {
  readonly #simulator: Simulator;

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** Faults that are switched on. A fault of the API with `left` of `null` stays until it is switched off. */
  get state() {
    const { faults, deliveryFaults } = this.#simulator;
    return {
      api: faults.active.map(({ rule, left }) => ({
        ...rule,
        path: rule.path?.toString(),
        left: Number.isFinite(left) ? left : null,
      })),
      /** Chances, 0 to 1. */
      deliveries: typeof deliveryFaults === 'function' ? {} : deliveryFaults,
    };
  }

  /** Switched on twice, the later settings hold. */
  setApi(fault: ApiFault, settings: FaultSettings): void {
    this.clearApi(fault);
    this.#simulator.faults.add({ ...settings, fault });
  }

  clearApi(fault: ApiFault): void {
    this.#simulator.faults.clear(fault);
  }

  setDeliveries(odds: DeliveryOdds): void {
    this.#simulator.deliveryFaults = { ...this.state.deliveries, ...odds };
  }

  clearDeliveries(): void {
    this.#simulator.deliveryFaults = {};
  }

  clear(): void {
    this.#simulator.faults.clear();
    this.clearDeliveries();
  }
}

/** There is no such book in the simulated Ocrolus. */
export class NoSuchBook extends Error {
  override readonly name = 'NoSuchBook';
}

type BookState = ReturnType<typeof describeBook>;

/** Commands of a person or a tool to the simulated Ocrolus. */
export class SimulatorControl {
  readonly simulator: Simulator;
  readonly faults: FaultSwitches;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
    this.faults = new FaultSwitches(simulator);
  }

  /** Newest first. */
  get books(): BookState[] {
    return this.simulator.books.map(describeBook).reverse();
  }

  /** @throws NoSuchBook */
  book(uuid: string): BookState {
    return describeBook(this.#book(uuid));
  }

  newBook({ documents, rows, steps, deliver, vocabulary, ...spec }: NewBook): BookState {
    const announce = { deliver, vocabulary };
    const specs = typeof documents === 'number' ? Array.from({ length: documents }, () => ({})) : documents;
    const { uuid } = this.simulator.addBook({ ...spec, documents: spreadRows(specs, rows) }, announce);
    if (steps !== undefined) void this.advance(uuid, steps, announce).announced;
    return this.book(uuid);
  }

  /**
   * Takes the book some steps further. The first is taken at once, each other when the deliveries of the one before have
   * their outcomes, or after a second.
   *
   * @returns the first step; `null` when the book was finished. `announced` resolves when every delivery of every
   * step has its outcome.
   * @throws NoSuchBook
   */
  advance(
    uuid: string,
    steps: number | 'all',
    announce: Announce = {},
  ): { readonly step: StepName | null; readonly announced: Promise<Delivery[]> } {
    this.#book(uuid);
    const first = this.simulator.step(uuid, announce);
    if (first === undefined) return { step: null, announced: Promise.resolve([]) };
    const follow = async () => {
      const taken = [first.announced];
      for (let left = steps === 'all' ? Number.POSITIVE_INFINITY : steps; left > 1; left -= 1) {
        await Promise.race([taken.at(-1), delay(STEP_PATIENCE_MS, undefined, { ref: false })]);
        const next = this.simulator.step(uuid, announce);
        if (next === undefined) break;
        taken.push(next.announced);
      }
      return (await Promise.all(taken)).flat();
    };
    return { step: first.name, announced: follow() };
  }

  /** @throws NoSuchBook */
  send(uuid: string, eventName: EventName): Promise<readonly Delivery[]> {
    return this.simulator.announce(this.#book(uuid).uuid, eventName);
  }

  #book(uuid: string): Book {
    const book = this.simulator.books.find((one) => one.uuid === uuid.toLowerCase());
    if (book === undefined) throw new NoSuchBook(`the simulated Ocrolus has no book ${uuid}`);
    return book;
  }
}

/** A book as the simulated Ocrolus has it. */
function describeBook(book: Book) {
  const { uuid, pk, name, status, analytics, isCompleted } = book;
  const documents = book.documents.map((document) => ({
    uuid: document.uuid,
    name: document.name,
    kind: document.kind,
    status: document.status,
    detect: detectOf(document),
    rows: document.rows,
  }));
  return {
    ...{ uuid, pk, name, status, documents },
    createdAt: `${new Date(book.createdAt).toISOString().slice(0, 19)}Z`,
    analyticsReady: analytics.isReady,
    completed: isCompleted,
    /** `null` when the book is finished. */
    next: nextStep(book)?.do ?? null,
  };
}

/** Findings of Detect. */
function detectOf({ detect, detectOutcome }: Document): DetectOutcome {
  return detect === 'PENDING' || detect === 'ABSENT' ? 'pending' : detectOutcome;
}

/** The first ones get one more where it does not come out even. */
function spreadRows(documents: readonly DocumentSpec[], rows: number | undefined): DocumentSpec[] {
  const takesRows = ({ kind = 'bank-statement', transactions }: DocumentSpec) =>
    kind === 'bank-statement' && transactions === undefined;
  const count = documents.filter(takesRows).length;
  let position = 0;
  return documents.map((document) => {
    if (rows === undefined || !takesRows(document)) return document;
    const share = Math.floor(rows / count) + (position < rows % count ? 1 : 0);
    position += 1;
    return { ...document, transactions: share };
  });
}
