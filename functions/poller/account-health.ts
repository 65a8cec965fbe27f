/** After so many failures in a row an account is down: its other books wait for the next run. */
const FAILURES_IN_A_ROW = 5;

/** Which accounts Ocrolus answers for, in one run: one that is down does not stop the others. */
export class AccountHealth {
  readonly #failures = new Map<string, number>();

  isDown(account: string): boolean {
    return (this.#failures.get(account) ?? 0) >= FAILURES_IN_A_ROW;
  }

  /** No account can be polled. */
  areAllDown(accounts: readonly string[]): boolean {
    return accounts.every((account) => this.isDown(account));
  }

  /** Makes a call for an account, and counts whether it was answered. @throws what the call throws. */
  async watch<T>(account: string, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      this.#failures.delete(account);
      return answer;
    } catch (error) {
      this.#failures.set(account, (this.#failures.get(account) ?? 0) + 1);
      throw error;
    }
  }
}
