import { isDeepStrictEqual } from 'node:util';
import { readCursor } from '../../../../../functions/poller/discovery/cursor.ts';
import { discover } from '../../../../../functions/poller/discovery/discover.ts';
import { START } from '../../../../../shared/ocrolus/book-list.ts';
import type { OcrolusClient } from '../../../../../shared/ocrolus/client.ts';
import type { Key, Table } from '../../../../../shared/store/table.ts';
import { iso } from '../../../../../shared/time.ts';
import { createClock } from '../../../../shared/store/testing/clock.ts';
import { memoryTable } from '../../../../shared/store/testing/memory-table.ts';
import { Crash } from '../../../../shared/store/testing/stepwise.ts';
import { createRandom, type Random } from '../../../../simulation/ocrolus/random.ts';
import { type BookList, createBookList } from '../../testing/book-list.ts';
import { createPollerHarness, type PollerHarness } from '../../testing/harness.ts';

/** Few, so that a short list has many pages. */
const LIMIT = 5;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RECENT = 2 * DAY;
export const WEEK = 7 * DAY;
/** A list that a run which reads one page only gets through in a day. */
const MOST_BOOKS = 40;
/** More calls of one run than are ever needed. */
const MOST_CALLS = 200;

/** Parameters of a history. */
export interface Nature {
  readonly seed: number;
  /** Something is always due, so each run reads one page. */
  readonly isBusy: boolean;
  readonly isPaged: boolean;
  /** Share of the books of which the list says when they were created. */
  readonly dated: number;
  readonly crashes: boolean;
  /** Two runs at once. */
  readonly overlaps: boolean;
  /** Version 0.1.0 has read the list before. */
  readonly isOld: boolean;
  readonly scale: number;
}

interface ListedBook {
  readonly pk: bigint;
  readonly created: number;
  readonly isDated: boolean;
  /** Time at which it becomes visible, and time at which its entry has its uuid. */
  readonly visibleAt: number;
  readonly readableAt: number;
  listedAt: number | undefined;
  isKnown: boolean;
  /** Readings of the recent books that have ended since. */
  readings: number;
}

/** An account's list while books are created, become visible and are deleted, and what discovery finds of it. */
export class ListHistory {
  /** Problems that were found. */
  readonly problems: string[] = [];
  readonly #nature: Nature;
  readonly #random: Random;
  readonly #list: BookList = createBookList();
  readonly #clock = createClock();
  readonly #books = new Map<bigint, ListedBook>();
  readonly #table: Table;
  readonly #harness: PollerHarness;

  static async create(nature: Nature): Promise<ListHistory> {
    return new ListHistory(nature, await memoryTable());
  }

  private constructor(nature: Nature, table: Table) {
    this.#nature = nature;
    this.#table = table;
    this.#random = createRandom(nature.seed);
    const settings = { TIME_SCALE: String(nature.scale) };
    this.#harness = createPollerHarness(table, settings, { clock: this.#clock });
    this.#list.paged = nature.isPaged;
    this.#list.createdAt = (pk) => {
      const book = this.#books.get(pk);
      if (book?.isDated !== true) return undefined;
      // Times without a zone are UTC.
      return pk % 2n === 0n ? iso(book.created) : iso(book.created).replace('Z', '');
    };
  }

  /** @param milliseconds of the list's own time, which is shrunk with all others. */
  async play(milliseconds: number): Promise<void> {
    const before = this.#random.int(MOST_BOOKS);
    for (let n = 0; n < before; n += 1) this.#create(30 * DAY - n * HOUR);
    if (this.#nature.isOld) {
      const cursor = { offset: this.#random.int(before + 9), lastPk: String(this.#random.int(before + 1)) };
      await this.#table.update({ bookId: 'poller', item: 'CURSOR#default' }, { set: cursor });
    }
    const pause = this.#nature.isBusy ? 15 * MINUTE : 2 * HOUR;
    for (let passed = 0; passed < milliseconds && this.problems.length === 0; passed += pause) {
      this.#clock.advance((pause * this.#nature.scale) / 1000);
      this.#happen();
      const isOverlapping = this.#nature.overlaps && this.#random.chance(0.3);
      await Promise.all(isOverlapping ? [this.#run(), this.#run()] : [this.#run()]);
      await this.#compare();
    }
  }

  async #run(): Promise<void> {
    const { names } = this.#harness.dependencies.accounts;
    const { ports } = this.#harness.dependencies;
    const dependencies = {
      ...this.#harness.dependencies,
      ports: { ...ports, table: this.#perilous() },
      accounts: { names, client: () => this.#client() },
    };
    try {
      for (let call = 1; ; call += 1) {
        const before = await readCursor(this.#table, 'default', 0);
        const { isCaughtUp } = await discover(dependencies, 'default', Number.POSITIVE_INFINITY, LIMIT);
        const after = await readCursor(this.#table, 'default', 0);
        const hasEnded = before.next === 'recent' && isDeepStrictEqual(after.places.recent ?? START, START);
        if (hasEnded) for (const book of this.#books.values()) book.readings += 1;
        if (call > MOST_CALLS) this.problems.push('a run does not end');
        if (isCaughtUp || this.#nature.isBusy || call > MOST_CALLS) return;
      }
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }

  /** While Ocrolus answers, anything may happen. */
  #client(): OcrolusClient {
    const { client } = this.#list;
    const get: OcrolusClient['get'] = async (call, deadline) => {
      if (this.#random.chance(0.2)) this.#happen();
      await this.#others();
      return client.get(call, deadline);
    };
    return { ...client, get };
  }

  /** A table before and after each write of which the process may die. */
  #perilous(): Table {
    const table = this.#table;
    const write = async <T>(work: () => Promise<T>): Promise<T> => {
      await this.#others();
      this.#mayDie();
      const written = await work();
      this.#mayDie();
      return written;
    };
    return {
      ...table,
      get: async (key: Key, attributes) => {
        await this.#others();
        return table.get(key, attributes);
      },
      put: (item, condition) => write(() => table.put(item, condition)),
      update: (key, update) => write(() => table.update(key, update)),
    };
  }

  #mayDie(): void {
    if (this.#nature.crashes && this.#random.chance(0.03)) throw new Crash();
  }

  /** Lets the other run go on. */
  async #others(): Promise<void> {
    for (let n = this.#random.int(4); n > 0; n -= 1) await Promise.resolve();
  }

  #create(age = 0): void {
    const random = this.#random;
    const { scale, dated } = this.#nature;
    const created = this.#clock.now() - age * scale;
    const pk = this.#list.nextPk;
    // Pks of other accounts are in between.
    this.#list.nextPk += BigInt(1 + random.int(3));
    const late = random.pick([0, 0, 0, 0, random.int(HOUR), random.int(RECENT), random.int(5 * DAY)]);
    const unreadable = random.chance(0.05) ? random.int(9 * DAY) : 0;
    const visibleAt = this.#clock.now() + late * scale;
    this.#books.set(pk, {
      pk,
      created,
      isDated: random.chance(dated),
      visibleAt,
      readableAt: visibleAt + unreadable * scale,
      listedAt: undefined,
      isKnown: false,
      readings: 0,
    });
  }

  #happen(): void {
    const random = this.#random;
    const now = this.#clock.now();
    const listed = [...this.#books.values()].filter(({ listedAt }) => listedAt !== undefined);
    for (let n = random.pick([0, 0, 0, 0, 1, 1, 2]); n > 0 && listed.length < MOST_BOOKS; n -= 1)
      this.#create();
    for (const book of this.#books.values()) {
      if (book.listedAt === undefined && book.visibleAt <= now) {
        book.listedAt = now;
        book.readings = 0;
        this.#list.addLate(book.pk);
      }
      if (book.readableAt <= now) this.#list.unreadable.delete(book.pk);
      else this.#list.unreadable.add(book.pk);
    }
    const deleted = listed.length >= MOST_BOOKS ? random.pick([1, 2, 10, 30]) : Number(random.chance(0.02));
    for (let n = 0; n < deleted; n += 1) this.#delete(listed[random.int(listed.length)]);
  }

  #delete(book: ListedBook | undefined): void {
    if (book === undefined) return;
    this.#list.delete(book.pk);
    this.#books.delete(book.pk);
  }

  async #compare(): Promise<void> {
    const { scale, overlaps } = this.#nature;
    for (const book of this.#books.values()) {
      const { pk, created, visibleAt, readableAt, readings, listedAt } = book;
      if (listedAt === undefined || book.isKnown) continue;
      book.isKnown = (await this.#table.get({ bookId: `book-${pk}`, item: 'BOOK' })) !== undefined;
      if (book.isKnown) continue;
      if (this.#clock.now() - Math.max(readableAt, listedAt) >= WEEK * scale)
        this.problems.push(`book ${pk} has been visible for a week`);
      const isRecent = readableAt === visibleAt && listedAt - created < RECENT * scale;
      if (isRecent && readings >= 2 && !overlaps)
        this.problems.push(`book ${pk}: the recent books have been read ${readings} times`);
    }
  }
}
