/** A time in which results may come late. */
interface Disturbance {
  readonly name: string;
  /** Unix milliseconds. `until` includes the time in which the system makes up for it. */
  readonly from: number;
  readonly until: number;
  /** Absent: of all accounts, or kinds. */
  readonly account?: string | undefined;
  readonly kind?: string | undefined;
  /** Table, queues or bucket fail for hours: a message may become a dead letter. */
  readonly isOfAws?: boolean | undefined;
}

/** What goes wrong when, so that a deadline does not run while something does. */
export class Disturbances {
  readonly #known: Disturbance[] = [];

  add(disturbance: Disturbance): void {
    this.#known.push(disturbance);
  }

  /** Adds one that may go on from the last of its name. */
  extend(disturbance: Disturbance): void {
    const { name, from, until } = disturbance;
    const index = this.#known.findLastIndex((one) => one.name === name);
    const last = this.#known[index];
    if (last !== undefined && last.from <= from && last.until >= from)
      this.#known[index] = { ...last, until };
    else this.add(disturbance);
  }

  /** Whether table, queues or bucket failed for hours at some time between. */
  hadOutageOfAws(from: number, to: number): boolean {
    return this.#known.some((one) => one.isOfAws === true && one.from < to && one.until > from);
  }

  /** How much of a time was free of what concerns an account and a kind, in milliseconds. */
  undisturbed(from: number, to: number, account: string, kind?: string): number {
    const spans = this.#known
      .filter((one) => one.from < to && one.until > from && concerns(one, account, kind))
      .sort((a, b) => a.from - b.from);
    let free = 0;
    let reached = from;
    for (const span of spans) {
      free += Math.max(0, span.from - reached);
      reached = Math.max(reached, span.until);
    }
    return free + Math.max(0, to - reached);
  }
}

function concerns(one: Disturbance, account: string, kind: string | undefined): boolean {
  const isOfAccount = one.account === undefined || one.account === account;
  return isOfAccount && (one.kind === undefined || one.kind === kind);
}
