import type { Change } from '../../kernel/table/memory-table-core.ts';
import { KNOWN_AFTER_MS } from '../calls/circuits.ts';

/** Circuits that were closed a moment ago, which a process may still take for open. */
export class ClosedCircuits {
  readonly #closed = new Map<string, { readonly openedAt: number; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  change({ key: { bookId, item }, before, after }: Change): void {
    if (bookId !== 'circuit' || before?.openedAt === undefined || after?.openedAt !== undefined) return;
    this.#closed.set(item, { openedAt: Date.parse(String(before.openedAt)), at: this.#now() });
  }

  /** @returns Unix milliseconds: when the circuit had been opened; `undefined`: it was not closed just now. */
  openedAt(account: string, kind: string): number | undefined {
    const closed = this.#closed.get(`${account}#${kind}`);
    return closed !== undefined && this.#now() - closed.at < KNOWN_AFTER_MS ? closed.openedAt : undefined;
  }
}
