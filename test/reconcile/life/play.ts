import { readDue } from '../../../shared/store/polling/due.ts';
import { Random } from '../../simulation/kernel/random.ts';
import { Changes, PLAIN } from './changes.ts';
import { Machine } from './machine.ts';
import type { Life, Move } from './moves.ts';
import { whatIsWrong, whatIsWrongNow } from './promises.ts';
import { OPERATIONS_OF } from './replies.ts';
import { changeBook, newLifeBook } from './truth.ts';

const HOUR = 3600;
/** Lambdas that run at the same time. */
const MOST_AT_ONCE = 3;
/** A function's time is over before that; longer waits let it end first. */
const LONGEST_RUN_SECONDS = 60;
/**
 * In parts: nothing is waited for once all is as it should be. Probes end on the tenth day. A book that was not found "is
 * asked about monthly" (docs/data-model.md), and one that was never shown through one account after the other.
 */
const END_DAYS = [2, 11, 60];
/** For each book: what is missing at first, with every delivery that is still to come; and what stays open. */
const MOST_CALLS = 400;
const MOST_CALLS_PER_HOUR = 6;

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
  readonly #changes: Changes;

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
    this.#changes = new Changes(machine);
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
      if (machine.running === 0) await this.#check();
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
      if (this.#life.ends) this.#changes.finishBook(book, PLAIN);
      // Without discovery, a book must be named once.
      if (!this.#life.isDiscovering)
        this.#changes.deliver(book, undefined, 'document.upload_succeeded', {
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
      wrong = await whatIsWrong(machine, this.#life, (book) => this.#changes.announcedOf(book));
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
        if (move.seconds > LONGEST_RUN_SECONDS) await machine.finish();
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
        return this.#changes.change(move);
    }
  }

  async #makeRoom(): Promise<void> {
    if (this.#machine.running >= MOST_AT_ONCE) await this.#machine.finish();
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
