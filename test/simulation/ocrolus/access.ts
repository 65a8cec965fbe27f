import type { Account } from './book.ts';
import { SECOND } from './random.ts';
import { TOKEN_REFUSALS, UNCODED } from './refusals.ts';
import type { Registry } from './registry.ts';
import { available, type Reply } from './reply.ts';

const TOKEN_LIFETIME_SECONDS = 86_400;

interface Window {
  readonly from: number;
  readonly until: number;
  readonly account: string | undefined;
  readonly reply: Reply;
}

/** Access: tokens, credentials, and the times when all are refused. */
export class Access {
  readonly #registry: Registry;
  readonly #now: () => number;
  readonly #tokens = new Map<string, { readonly account: Account; readonly endsAt: number }>();
  #issued = 0;
  #windows: Window[] = [];

  constructor(registry: Registry, now: () => number) {
    this.#registry = registry;
    this.#now = now;
  }

  /** @param accountName whose credentials are sent. */
  issueToken(accountName: string): Reply {
    const account = this.#registry.accounts.get(accountName);
    this.#issued += 1;
    if (account === undefined || !account.credentialsValid) {
      const refused = TOKEN_REFUSALS[this.#issued % TOKEN_REFUSALS.length];
      if (refused !== undefined) return refused;
    }
    const token = `simulated.${accountName}.${this.#issued}`;
    if (account !== undefined) {
      this.#tokens.set(token, { account, endsAt: this.#now() + TOKEN_LIFETIME_SECONDS * SECOND });
    }
    return available(
      `{"access_token":"${token}","token_type":"Bearer","expires_in":${TOKEN_LIFETIME_SECONDS}}`,
    );
  }

  /** @returns whose token it is, while it is valid. */
  accountOf(token: string | undefined, now: number): Account | undefined {
    const known = token === undefined ? undefined : this.#tokens.get(token);
    if (known === undefined) return undefined;
    if (now < known.endsAt) return known.account.credentialsValid ? known.account : undefined;
    this.#tokens.delete(token ?? '');
    return undefined;
  }

  /** Revoking credentials ends their tokens early; new ones are needed afterwards. */
  setCredentials(accountName: string, isValid: boolean): void {
    const account = this.#registry.account(accountName);
    account.credentialsValid = isValid;
    for (const [token, known] of this.#tokens) if (known.account === account) this.#tokens.delete(token);
  }

  /** Every call, of one account or of all, is answered 403 or 404 without a code. */
  forbid(from: number, until: number, account?: string): void {
    const reply = UNCODED[Math.floor(from / SECOND) % UNCODED.length];
    if (reply !== undefined) this.#windows.push({ from, until, account, reply });
  }

  forbidden(account: string, now: number): Reply | undefined {
    if (this.#windows.length === 0) return undefined;
    this.#windows = this.#windows.filter(({ until }) => now < until);
    return this.#windows.find(
      (window) => now >= window.from && (window.account === undefined || window.account === account),
    )?.reply;
  }
}
