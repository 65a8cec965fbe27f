import { catalogEntry, findEventName, type ResultKind } from '../../../shared/events/catalog.ts';
import type { EventIds } from '../../../shared/events/ids.ts';
import { readDue } from '../../../shared/store/polling/due.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { Random } from '../../simulation/kernel/random.ts';
import { OPERATIONS_OF } from './answers.ts';
import { ACCOUNTS, Machine } from './machine.ts';
import type { Delivering, Life, Move } from './moves.ts';
import { whatIsWrong, whatIsWrongNow } from './promises.ts';
import {
  type Computing,
  changeBook,
  changeDocument,
  compute,
  idOf,
  Knowledge,
  type LifeBook,
  type LifeDocument,
  newLifeBook,
} from './truth.ts';

const HOUR = 3600;
/** Lambdas that run at the same time. */
const MOST_AT_WORK = 3;
/** A function's time is over before that; longer waits let it end first. */
const LONGEST_AT_WORK_SECONDS = 60;
/**
 * In parts: nothing is waited for once all is as it should be. Probes end on the tenth day. A book that was not found "is
 * asked about monthly" (docs/data-model.md), and one that was never shown through one account after the other.
 */
const END_DAYS = [2, 11, 60];
/** For each book: what is missing at first, with every delivery that is still to come; and what stays open. */
const MOST_CALLS = 400;
const MOST_CALLS_PER_HOUR = 6;
const PLAIN: Computing = { permanent: undefined, delayMs: 0, jobMs: undefined };

export interface Played {
  readonly problems: readonly string[];
  readonly story: readonly string[];
}

/** Plays a life to its end, and for some weeks after that. */
export async function play(life: Life): Promise<Played> {
  const player = await Player.create(life);
  return player.play();
}

class Player {
  readonly #life: Life;
  readonly #machine: Machine;
  #deliveries = 0;
  #documents = 0;
  #wasAnnounced = new Map<string, Set<ResultKind>>();

  static async create(life: Life): Promise<Player> {
    const results = Object.fromEntries(life.always.map((kind) => [kind, 'always']));
    const machine = await Machine.create(new Random(life.order), {
      RESULTS: JSON.stringify(results),
      POLL_DISCOVER: String(life.isDiscovering),
    });
    return new Player(life, machine);
  }

  private constructor(life: Life, machine: Machine) {
    this.#life = life;
    this.#machine = machine;
    const { ocrolus } = machine;
    for (let n = 0; n < life.books; n += 1) ocrolus.books.push(newLifeBook(n, life.owner));
    for (const kind of life.disabled)
      for (const operation of OPERATIONS_OF[kind] ?? []) ocrolus.disabled.add(operation);
  }

  async play(): Promise<Played> {
    const machine = this.#machine;
    const { ocrolus } = machine;
    for (const move of this.#life.moves) {
      machine.note(JSON.stringify(move));
      await this.#make(move);
      if (!machine.isBusy) await this.#check();
      if (machine.problems.length > 0) return this.#played;
    }
    await machine.finish();
    machine.note('faults end');
    machine.isInterleaved = false;
    machine.trap = undefined;
    ocrolus.faults = [];
    for (const book of ocrolus.books) {
      book.isPartial = false;
      changeBook(book, book.status, PLAIN, machine.clock.now());
      if (this.#life.ends) this.#finishBook(book, PLAIN);
      // Without discovery, a book must be named once.
      if (!this.#life.isDiscovering)
        this.#deliver(book, undefined, 'document.upload_succeeded', {
          naming: { book: 'uuid', document: 'uuid', isWrongAccount: false },
          copies: 1,
          lateSeconds: 0,
        });
    }
    const calls = ocrolus.calls;
    let hours = 0;
    let wrong: string[] = [];
    for (const days of END_DAYS) {
      await this.#runOn(days * 24 * HOUR);
      hours += days * 24;
      await this.#check();
      wrong = await whatIsWrong(
        machine,
        this.#life,
        (book) => this.#wasAnnounced.get(book.uuid) ?? new Set(),
      );
      if (wrong.length === 0) break;
    }
    machine.problems.push(...wrong);
    const most = ocrolus.books.length * (MOST_CALLS + MOST_CALLS_PER_HOUR * hours);
    if (ocrolus.calls - calls > most) machine.problems.push(`${ocrolus.calls - calls} calls`);
    return this.#played;
  }

  get #played(): Played {
    const { problems, story } = this.#machine;
    return { problems: [...new Set(problems)], story };
  }

  async #check(): Promise<void> {
    this.#machine.problems.push(...(await whatIsWrongNow(this.#machine, this.#life)));
  }

  /** The poller every five minutes as far as something is due, and consumers as soon as something is visible. */
  async #runOn(seconds: number): Promise<void> {
    const machine = this.#machine;
    const { clock, queue, store } = machine;
    const end = clock.now() + seconds * 1000;
    machine.poll();
    await machine.finish();
    for (;;) {
      while (machine.consume(10)) await machine.finish();
      const wake = queue.map(({ visibleAt }) => visibleAt);
      const [row] = await dueRows(store, new Date(end).toISOString());
      if (row !== undefined) wake.push(nextRun(Math.max(Date.parse(row), clock.now() + 1)));
      const next = Math.min(...wake, end);
      if (next > clock.now()) clock.advance((next - clock.now()) / 1000);
      if (next >= end) return;
      if (row !== undefined && Date.parse(row) <= clock.now()) machine.poll();
      await machine.finish();
    }
  }

  async #make(move: Move): Promise<void> {
    const machine = this.#machine;
    const { clock, ocrolus } = machine;
    switch (move.do) {
      case 'wait':
        if (move.seconds > LONGEST_AT_WORK_SECONDS) await machine.finish();
        clock.advance(move.seconds);
        return;
      case 'live':
        await machine.finish();
        machine.isInterleaved = false;
        await this.#runOn(move.hours * HOUR);
        machine.isInterleaved = true;
        return;
      case 'poll':
        await this.#makeRoom();
        machine.poll();
        return;
      case 'consume':
        await this.#makeRoom();
        machine.consume(move.most, move.isTwice);
        return;
      case 'step':
        return machine.step(move.count);
      case 'trap':
        machine.trap = move.trap;
        return;
      case 'fault':
        ocrolus.faults.push({
          operation: move.operation,
          reply: move.reply,
          until: clock.now() + move.hours * HOUR * 1000,
        });
        return;
      default:
        return this.#change(move);
    }
  }

  async #makeRoom(): Promise<void> {
    if (this.#machine.atWork >= MOST_AT_WORK) await this.#machine.finish();
  }

  #change(move: Extract<Move, { book: number }>): void {
    const { ocrolus, clock } = this.#machine;
    const book = ocrolus.books[move.book % ocrolus.books.length];
    if (book === undefined) return;
    const now = clock.now();
    const document = 'document' in move ? book.documents[move.document % book.documents.length] : undefined;
    switch (move.do) {
      case 'add':
        this.#add(book, move);
        changeBook(book, book.status, PLAIN, now);
        return;
      case 'document':
        if (document === undefined) return;
        changeDocument(book, { document, status: move.status }, move.how, now);
        changeBook(book, book.status, move.how, now);
        if (move.event !== undefined) this.#deliver(book, document, 'DOC_VERIFIED', move.event);
        return;
      case 'list':
        if (document === undefined) return;
        changeDocument(book, { document, isListed: move.isListed }, move.how, now);
        changeBook(book, book.status, move.how, now);
        return;
      case 'book':
        changeBook(book, move.status, move.how, now);
        if (move.event !== undefined) this.#deliver(book, undefined, 'BOOK_VERIFIED', move.event);
        return;
      case 'finish':
        this.#finishBook(book, move.how);
        if (move.event !== undefined) this.#deliver(book, undefined, 'BOOK_VERIFIED', move.event);
        return;
      case 'partial':
        book.isPartial = move.isPartial;
        changeBook(book, book.status, PLAIN, now);
        return;
      case 'edit':
        this.#edit(book, document, move);
        return;
      case 'event':
        this.#deliver(book, document, move.event, move.delivering);
    }
  }

  #add(book: LifeBook, { shape, isAbsentFromDetect }: Extract<Move, { do: 'add' }>): void {
    if (book.documents.length >= 4) return;
    this.#documents += 1;
    const isMixed = shape === 'mixed' || shape === 'mixed-by-pk';
    book.documents.push({
      uuid: shape === 'mixed-by-pk' ? undefined : `d${this.#documents}`,
      pk: String(100 + this.#documents),
      isMixed,
      imageGroupPk: shape === 'of-group' ? '55' : undefined,
      status: 'VERIFYING',
      isListed: true,
      isAbsentFromDetect,
      knowledge: new Knowledge(),
    });
  }

  #finishBook(book: LifeBook, how: Computing): void {
    const now = this.#machine.clock.now();
    if (book.documents.length === 0)
      this.#add(book, { do: 'add', book: 0, shape: 'document', isAbsentFromDetect: false });
    for (const document of book.documents) {
      const isOver = ['VERIFICATION_COMPLETE', 'COMPLETED', 'REJECTED', 'FAILED', 'DELETED'].includes(
        document.status,
      );
      if (!isOver) changeDocument(book, { document, status: 'VERIFICATION_COMPLETE' }, how, now);
    }
    changeBook(book, 'VERIFIED', how, now);
  }

  #edit(book: LifeBook, document: LifeDocument | undefined, move: Extract<Move, { do: 'edit' }>): void {
    const name = findEventName(move.event);
    if (name === undefined) return;
    const { subject, results, ends } = catalogEntry(name);
    const isOfDocument = subject === 'document';
    const how = move.how;
    const now = this.#machine.clock.now();
    const kinds: readonly ResultKind[] = ends === 'document-detect' ? ['signals'] : results;
    const subjects = isOfDocument ? [document] : kinds.includes('signals') ? book.documents : [undefined];
    for (const kind of kinds) {
      for (const one of subjects) {
        if (isOfDocument && one === undefined) return;
        const id = one === undefined ? book.uuid : idOf(one);
        // What has never been there is not edited.
        if ((book.facts.get(`${kind} ${id}`)?.version ?? 0) === 0) continue;
        compute(book, { kind, subject: id, isAnnounced: true }, how, now);
      }
    }
    this.#deliver(book, document, move.event, move.delivering);
  }

  #deliver(
    book: LifeBook,
    document: LifeDocument | undefined,
    event: string,
    { naming, copies, lateSeconds }: Delivering,
  ): void {
    const machine = this.#machine;
    const name = findEventName(event);
    if (name === undefined) return;
    const { subject, results, ends } = catalogEntry(name);
    const isAboutDocument = subject === 'document' && document !== undefined;
    const ids: EventIds = {};
    const mayLackBook = ends === 'document-detect' && isAboutDocument && document.uuid !== undefined;
    const by = naming.book === 'none' && !mayLackBook ? 'uuid' : naming.book;
    if (by === 'uuid' || by === 'both') ids.bookUuid = book.uuid;
    if (by === 'pk' || by === 'both') ids.bookPk = book.pk;
    if (isAboutDocument) {
      const isByPk = document.uuid === undefined || (naming.document === 'pk' && by !== 'none');
      if (!isByPk && document.uuid !== undefined) ids.uploadedDocUuid = document.uuid;
      if (isByPk || naming.document === 'both') ids.uploadedDocPk = document.pk;
    }
    if (subject === 'image-group') ids.imageGroupPk = '55';
    const account = naming.isWrongAccount
      ? (ACCOUNTS.find((one) => one !== book.account) ?? book.account)
      : book.account;
    const kinds = this.#wasAnnounced.get(book.uuid) ?? new Set<ResultKind>();
    for (const kind of results) kinds.add(kind);
    this.#wasAnnounced.set(book.uuid, kinds);
    for (let copy = 0; copy < copies; copy += 1) {
      this.#deliveries += 1;
      const receivedAt = new Date(machine.clock.now() + lateSeconds * (copy + 1) * 1000).toISOString();
      const envelope = delivery(event, ids, {
        receivedAt,
        account,
        deliveryId: `delivery-${this.#deliveries}`,
      });
      machine.acceptAt(envelope, Date.parse(receivedAt));
    }
  }
}

function nextRun(at: number): number {
  return Math.ceil(at / 300_000) * 300_000;
}

async function dueRows(table: Parameters<typeof readDue>[0], until: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const { dueAt } of readDue(table, until)) rows.push(dueAt);
  return rows.sort();
}
