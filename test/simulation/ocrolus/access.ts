import type { Account } from '../../../infra/local/ocrolus/model/book.ts';
import { FORBIDDEN } from '../../../infra/local/ocrolus/model/refusals.ts';
import type { Registry } from '../../../infra/local/ocrolus/model/registry.ts';
import { available, type Reply, refusal } from '../../../infra/local/ocrolus/model/reply.ts';
import { SECOND } from './random.ts';

const TOKEN_LIFETIME_SECONDS = 86_400;

/** Answers of a misconfigured proxy in front of Ocrolus. They have no code. */
const UNCODED: readonly Reply[] = [
  FORBIDDEN,
  refusal(404, '{"message":"Not Found"}'),
  refusal(403, '<html><head><title>403 Forbidden</title></head></html>'),
  refusal(404, ''),
];

const TOKEN_REFUSALS: readonly Reply[] = [
  refusal(400, '{"error":"access_denied","error_description":"Unauthorized"}'),
  refusal(401, '{"error":"access_denied","error_description":"Unauthorized"}'),
  refusal(403, '{"error":"unauthorized_client","error_description":"Grant type not allowed for the client"}'),
];

/** A time during which an account is refused everything, or is shown no books. */
interface Window {
  readonly from: number;
  readonly until: number;
  /** None for all accounts. */
  readonly account: string | undefined;
  readonly reply: Reply | 'hidden';
}

/** Tokens, credentials, calls per second, and times of refusals. */
export class Access {
  readonly #registry: Registry;
  readonly #now: () => number;
  readonly #tokens = new Map<string, { readonly account: Account; readonly endsAt: number }>();
  readonly #revoked = new Set<Account>();
  #issued = 0;
  #windows: Window[] = [];
  readonly #recent: number[] = [];

  constructor(registry: Registry, now: () => number) {
    this.#registry = registry;
    this.#now = now;
  }

  /** @param accountName whose credentials are sent. */
  issueToken(accountName: string): Reply {
    const account = this.#registry.accounts.get(accountName);
    this.#issued += 1;
    if (account === undefined || this.#revoked.has(account)) {
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
    if (now < known.endsAt) return this.#revoked.has(known.account) ? undefined : known.account;
    this.#tokens.delete(token ?? '');
    return undefined;
  }

  /** Revoking credentials ends their tokens early; new ones are needed afterwards. */
  setCredentials(accountName: string, isValid: boolean): void {
    const account = this.#registry.account(accountName);
    if (isValid) this.#revoked.delete(account);
    else this.#revoked.add(account);
    for (const [token, known] of this.#tokens) if (known.account === account) this.#tokens.delete(token);
  }

  /** Counts a call. @returns how many calls the last second had, this one and refused ones included. */
  countCall(now: number): number {
    while ((this.#recent[0] ?? now) <= now - SECOND) this.#recent.shift();
    return this.#recent.push(now);
  }

  /** Every call, of one account or of all, is answered 403 or 404 without a code. */
  forbid(from: number, until: number, account?: string): void {
    const reply = UNCODED[Math.floor(from / SECOND) % UNCODED.length];
    if (reply !== undefined) this.#windows.push({ from, until, account, reply });
  }

  /** Calls about books and documents of an account are answered that there are none. */
  hideBooks(from: number, until: number, account: string): void {
    this.#windows.push({ from, until, account, reply: 'hidden' });
  }

  forbidden(account: string, now: number): Reply | undefined {
    const found = this.#window(account, now, ({ reply }) => reply !== 'hidden')?.reply;
    return found === 'hidden' ? undefined : found;
  }

  isHidden({ name }: Account, now: number): boolean {
    return this.#window(name, now, ({ reply }) => reply === 'hidden') !== undefined;
  }

  #window(account: string, now: number, matches: (window: Window) => boolean): Window | undefined {
    if (this.#windows.length === 0) return undefined;
    this.#windows = this.#windows.filter(({ until }) => now < until);
    return this.#windows.find(
      (window) =>
        now >= window.from && (window.account === undefined || window.account === account) && matches(window),
    );
  }
}
