import * as z from 'zod';
import { type CircuitState, isAboutBook, isOnlyMissing } from '../../checklist/circuit-state.ts';
import type { Times } from '../../checklist/times.ts';
import { OWN_PARTITIONS } from '../../events/ids.ts';
import { isOfCredentials } from '../../events/statuses.ts';
import { iso } from '../../time.ts';
import { type RecordType, updateRecord } from '../records.ts';
import type { Table } from '../table.ts';

const PARTITION = OWN_PARTITIONS.circuits;

/** Book status is not a kind of result, but it has a circuit too. */
export const BOOK_STATUS = 'book-status';

/** Code: nothing was asked, because a circuit is open. */
export const CIRCUIT_OPEN = 'circuit-open';

/** Refusals of a kind by an account, with no other answer in between. */
export interface Refusals {
  readonly account: string;
  readonly kind: string;
  readonly code: string;
  /** Number of refused books, counted until the circuit opens. */
  readonly books: number;
  /** Time at which the circuit opened; absent while it is closed. */
  readonly openedAt: string | undefined;
}

/** Number of different books with the same refusal, and no other answer in between, that opens a circuit. */
const BOOKS = 20;

/** Time for which a process uses a circuit that it has read. */
const FRESH_MS = 60_000;

const Circuit = z.object({
  code: z.string(),
  /** Refused books. */
  books: z.array(z.string()),
  openedAt: z.string().optional(),
  /** Time of the next call that finds out whether the circuit can be closed. */
  canaryAt: z.string().optional(),
  revision: z.int(),
});

type Circuit = z.infer<typeof Circuit>;

const CIRCUIT: RecordType<Circuit> = {
  // A circuit that cannot be read is closed, so that it does not stop the account.
  parse: (item) => Circuit.safeParse(item).data ?? { code: '', books: [], revision: Number(item.revision) },
  serialize: (circuit) => ({ ...circuit }),
};

/**
 * Circuits of each account and kind of result: a product that the lender's contract lacks must not cost calls for
 * every book (docs/design.md#circuits). There is one item for each account and kind that was refused recently.
 */
export class Circuits {
  readonly #table: Table;
  readonly #times: Times;
  readonly #now: () => number;
  readonly #known = new Map<
    string,
    { readonly circuits: Promise<Map<string, Circuit>>; readonly readAt: number }
  >();

  constructor(table: Table, times: Times, now: () => number) {
    this.#table = table;
    this.#times = times;
    this.#now = now;
  }

  /** The state of a circuit, at most a minute old. */
  async state(account: string, kind: string): Promise<CircuitState> {
    return this.#stateOf(await this.#read(account, kind));
  }

  /** States of the given circuits of an account, for lookup without waiting. */
  async states(account: string, kinds: readonly string[]): Promise<(kind: string) => CircuitState> {
    const states = new Map<string, CircuitState>();
    await Promise.all(kinds.map(async (kind) => states.set(kind, await this.state(account, kind))));
    return (kind) => states.get(kind) ?? CLOSED;
  }

  /** Counts a refusal of a book; the twentieth opens the circuit. */
  async refused(account: string, kind: string, code: string, bookId: string): Promise<void> {
    const known = await this.#read(account, kind);
    if (known?.code === code && (known.openedAt !== undefined || known.books.includes(bookId))) return;
    await this.#update(account, kind, (circuit) => {
      if (circuit?.code !== code) return { code, books: [bookId], revision: circuit?.revision ?? 0 };
      if (circuit.openedAt !== undefined || circuit.books.includes(bookId)) return circuit;
      const books = [...circuit.books, bookId];
      if (books.length < BOOKS) return { ...circuit, books };
      const now = this.#now();
      return { ...circuit, books, openedAt: iso(now), canaryAt: iso(now + this.#pause(kind)) };
    });
  }

  /**
   * Closes the circuit after any other answer; that of Book status also those of kinds that were refused for the same credentials.
   *
   * @param isReady `false` for "not yet": Ocrolus may give it before it checks whether the account has the product, so
   * it closes only a circuit of refusals that concern other books.
   */
  async answered(account: string, kind: string, isReady = true): Promise<void> {
    const known = await this.#read(account, kind);
    if (known === undefined || !(isReady || isAboutBook(known.code))) return;
    await this.#close(account, kind);
    if (kind !== BOOK_STATUS || known.openedAt === undefined || !isOfCredentials(known)) return;
    // The account is served again, and so is whatever was refused for its credentials.
    for (const [other, circuit] of await this.#of(account))
      if (isOfCredentials(circuit)) await this.#close(account, other);
  }

  async #close(account: string, kind: string): Promise<void> {
    await this.#table.delete({ bookId: PARTITION, item: itemOf(account, kind) });
    await this.#remember(account, kind, undefined);
  }

  /** Acquires the right to the one call of this hour. @returns whether it was free. */
  async takeCanary(account: string, kind: string): Promise<boolean> {
    let isTaken = false;
    await this.#update(account, kind, (circuit) => {
      isTaken = circuit !== undefined && this.#stateOf(circuit).state === 'canary';
      if (circuit === undefined || !isTaken) return circuit;
      return { ...circuit, canaryAt: iso(this.#now() + this.#pause(kind)) };
    });
    return isTaken;
  }

  /** Pause between calls of an open circuit. Shorter for Book status, without which nothing else can be fetched. */
  #pause(kind: string): number {
    return kind === BOOK_STATUS ? this.#times.min : this.#times.canary;
  }

  #stateOf(circuit: Circuit | undefined): CircuitState {
    if (circuit?.openedAt === undefined) return CLOSED;
    const isCanaryDue = (circuit.canaryAt ?? '') <= iso(this.#now());
    return { state: isCanaryDue ? 'canary' : 'open', since: circuit.openedAt, code: circuit.code };
  }

  async #read(account: string, kind: string): Promise<Circuit | undefined> {
    return (await this.#of(account)).get(kind);
  }

  /** Reads all circuits of an account at once, shared by concurrent callers. Most accounts have none. */
  #of(account: string): Promise<Map<string, Circuit>> {
    const known = this.#known.get(account);
    const fresh = Math.min(FRESH_MS, this.#times.canary / 4);
    if (known !== undefined && this.#now() - known.readAt < fresh) return known.circuits;
    const circuits = this.#readAll(account);
    this.#known.set(account, { circuits, readAt: this.#now() });
    circuits.catch(() => this.#known.delete(account));
    return circuits;
  }

  async #readAll(account: string): Promise<Map<string, Circuit>> {
    const prefix = itemOf(account, '');
    const circuits = new Map<string, Circuit>();
    for await (const item of this.#table.query({ bookId: PARTITION, prefix })) {
      circuits.set(String(item.item).slice(prefix.length), CIRCUIT.parse(item));
    }
    return circuits;
  }

  async #update(
    account: string,
    kind: string,
    merge: (circuit: Circuit | undefined) => Circuit | undefined,
  ): Promise<void> {
    const key = { bookId: PARTITION, item: itemOf(account, kind) };
    const record = { key, type: CIRCUIT };
    await this.#remember(account, kind, await updateRecord(this.#table, record, merge));
  }

  async #remember(account: string, kind: string, circuit: Circuit | undefined): Promise<void> {
    const circuits = await this.#of(account);
    if (circuit === undefined) circuits.delete(kind);
    else circuits.set(kind, circuit);
  }
}

/** Reads what is refused at present, for every account. */
export async function readRefusals(table: Table): Promise<Refusals[]> {
  const refusals: Refusals[] = [];
  for await (const item of table.query({ bookId: PARTITION })) {
    const { code, books, openedAt } = CIRCUIT.parse(item);
    const [account = '', kind = ''] = String(item.item).split('#');
    refusals.push({ account, kind, code, books: books.length, openedAt });
  }
  return refusals;
}

/**
 * The code of the refusals because of which Book status is not asked for the account's books at present. Books that are
 * not found do not count, however many: the next one may exist.
 */
export async function bookStatusSuppressedBy(
  circuits: Circuits,
  account: string,
): Promise<string | undefined> {
  const circuit = await circuits.state(account, BOOK_STATUS);
  if (circuit.state === 'closed' || isOnlyMissing(circuit)) return undefined;
  const isSuppressed = circuit.state === 'open' || !(await circuits.takeCanary(account, BOOK_STATUS));
  return isSuppressed ? circuit.code : undefined;
}

const CLOSED: CircuitState = { state: 'closed' };

function itemOf(account: string, kind: string): string {
  return `${account}#${kind}`;
}
