import type { BookOutline } from '../../ocrolus/truth/truth-types.ts';
import type { Core } from '../../system/core.ts';

/** Which books the product must have found: those that an event named, and those that a list shows it. */
export class Discovery {
  readonly #core: Core;
  readonly #named = new Set<string>();
  readonly #backfills: { readonly account: string; readonly at: number }[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  /** A delivery about the book was accepted. */
  named(bookUuid: string): void {
    this.#named.add(bookUuid);
  }

  /** The books of an account that were listed by then are due. @param at Unix milliseconds. */
  backfilled(account: string, at: number): void {
    this.#backfills.push({ account, at });
  }

  /** @returns whether the book must be stored: by an event, by discovery or by a backfill. */
  isFound(bookUuid: string, { createdAt, listedFrom }: BookOutline): boolean {
    if (this.#named.has(bookUuid)) return true;
    const account = this.#core.ocrolus.accountOf(bookUuid);
    if (this.#backfills.some((one) => one.account === account && one.at > listedFrom)) return true;
    const { discover, discoverFrom = '' } = this.#core.deployments.current.stage.poll;
    return discover && new Date(createdAt).toISOString() >= discoverFrom;
  }
}
