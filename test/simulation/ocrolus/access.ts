import type { Account } from '../../../infra/local/ocrolus/model/book.ts';
import type { Registry } from '../../../infra/local/ocrolus/model/model.ts';
import { available, FORBIDDEN, type Reply, refusal } from '../../../infra/local/ocrolus/model/reply.ts';
import { SECOND } from './random.ts';

const TOKEN_LIFETIME_SECONDS = 86_400;

/** Answers of a misconfigured proxy in front of Ocrolus. They have no code. */
const UNCODED: readonly Reply[] = [
  FORBIDDEN,
  refusal(404, { message: 'Not Found' }),
  refusal(403, '<html><head><title>403 Forbidden</title></head></html>'),
  refusal(404, ''),
];

const TOKEN_REFUSALS: readonly Reply[] = [
  refusal(400, { error: 'access_denied', error_description: 'Unauthorized' }),
  refusal(401, { error: 'access_denied', error_description: 'Unauthorized' }),
  refusal(403, { error: 'unauthorized_client', error_description: 'Grant type not allowed for the client' }),
];

interface Window {
  readonly from: number;
  readonly until: number;
  /** `undefined`: all accounts. */
  readonly account: string | undefined;
}

function inForce<T extends Window>(windows: readonly T[], name: string, now: number): T | undefined {
  return windows.find(
    ({ from, until, account }) => now >= from && now < until && (account === undefined || account === name),
  );
}

/** Tokens, credentials, calls per second, and times of refusals. */
export class Access {
  readonly #registry: Registry;
  readonly #now: () => number;
  readonly #tokens = new Map<string, { readonly account: Account; readonly endsAt: number }>();
  readonly #revoked = new Set<Account>();
  readonly #refusals: (Window & { readonly reply: Reply })[] = [];
  readonly #hidden: Window[] = [];
  readonly #recent: number[] = [];
  #issued = 0;

  constructor(registry: Registry, now: () => number) {
    this.#registry = registry;
    this.#now = now;
  }

  /** @param accountName whose credentials are sent. */
  issueToken(accountName: string): Reply {
    const account = this.#registry.accounts.get(accountName);
    this.#issued += 1;
    if (account === undefined || this.#revoked.has(account))
      return TOKEN_REFUSALS[this.#issued % TOKEN_REFUSALS.length] ?? FORBIDDEN;
    const access_token = `simulated.${accountName}.${this.#issued}`;
    this.#tokens.set(access_token, { account, endsAt: this.#now() + TOKEN_LIFETIME_SECONDS * SECOND });
    return available({ access_token, token_type: 'Bearer', expires_in: TOKEN_LIFETIME_SECONDS });
  }

  /** @returns whose token it is, while it is valid. */
  accountOf(token: string | undefined): Account | undefined {
    const known = this.#tokens.get(token ?? '');
    return known !== undefined && this.#now() < known.endsAt ? known.account : undefined;
  }

  /** Revoking credentials ends their tokens early; new ones are needed afterwards. */
  setCredentials(accountName: string, isValid: boolean): void {
    const account = this.#registry.account(accountName);
    if (isValid) this.#revoked.delete(account);
    else this.#revoked.add(account);
    for (const [token, known] of this.#tokens) if (known.account === account) this.#tokens.delete(token);
  }

  /** Counts a call. @returns how many calls the last second had, this one and refused ones included. */
  countCall(): number {
    const now = this.#now();
    while ((this.#recent[0] ?? now) <= now - SECOND) this.#recent.shift();
    return this.#recent.push(now);
  }

  /** Every call, of one account or of all, is answered 403 or 404 without a code. */
  forbid(from: number, until: number, account?: string): void {
    const reply = UNCODED[Math.floor(from / SECOND) % UNCODED.length] ?? FORBIDDEN;
    this.#refusals.push({ from, until, account, reply });
  }

  forbidden({ name }: Account): Reply | undefined {
    return inForce(this.#refusals, name, this.#now())?.reply;
  }

  /** Calls about books and documents of an account are answered that there are none. */
  hideBooks(from: number, until: number, account: string): void {
    this.#hidden.push({ from, until, account });
  }

  isHidden({ name }: Account): boolean {
    return inForce(this.#hidden, name, this.#now()) !== undefined;
  }
}
