import { asFailure } from '../../shared/failure.ts';

/** An account that could not be asked, and the code of the last failure. */
export interface AccountProblem {
  readonly account: string;
  readonly code: string;
}

/** After so many failures in a row an account is down: its other books wait for the next run. */
const FAILURES_IN_A_ROW = 5;

/** Which accounts Ocrolus answers for, in one run: one that is down does not stop the others. */
export class AccountHealth {
  readonly #failures = new Map<string, number>();
  readonly #answered = new Set<string>();
  readonly #codes = new Map<string, string>();
  readonly #refusesAll = new Map<string, string>();

  isDown(account: string): boolean {
    return (this.#failures.get(account) ?? 0) >= FAILURES_IN_A_ROW;
  }

  /** No account can be polled. */
  areAllDown(accounts: readonly string[]): boolean {
    return accounts.every((account) => this.isDown(account));
  }

  /** Accounts that are down, of which no call was answered, or that refuse to show any book. */
  get problems(): AccountProblem[] {
    const unanswered = [...this.#codes].filter(
      ([account]) => this.isDown(account) || !this.#answered.has(account),
    );
    return [...new Map([...this.#refusesAll, ...unanswered])].map(([account, code]) => ({ account, code }));
  }

  /** It was asked for its books, or about one, and answered. */
  answered(account: string): void {
    this.#answered.add(account);
  }

  /** It showed a book: what it refused before says nothing about it. */
  showed(account: string): void {
    this.answered(account);
    this.#refusesAll.delete(account);
  }

  /** It refuses to show its books, which are not asked about for now. @param code with which. */
  refusesAll(account: string, code: string): void {
    this.#refusesAll.set(account, code);
  }

  /** It could not be asked. @param code why. */
  failed(account: string, code: string): void {
    this.#codes.set(account, code);
  }

  /** Makes a call for an account, and counts whether it was answered. @throws what the call throws. */
  async watch<T>(account: string, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      this.#failures.delete(account);
      return answer;
    } catch (error) {
      this.#failures.set(account, (this.#failures.get(account) ?? 0) + 1);
      this.failed(account, asFailure(error).code);
      throw error;
    }
  }
}
