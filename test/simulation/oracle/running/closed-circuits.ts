import type { Change, MemoryTableCore } from '../../kernel/table/memory-table-core.ts';
import { KNOWN_AFTER_MS } from '../calls/circuits.ts';
import { suppressedSince } from '../entries.ts';

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

  /**
   * Since when a process may leave out the requests for a kind.
   *
   * @returns Unix milliseconds; `undefined`: the circuit is closed, and not since just now.
   */
  suppressedSince(table: MemoryTableCore, account: string, kind: string): number | undefined {
    const since = suppressedSince(table, account, kind);
    if (since !== undefined) return since;
    const closed = this.#closed.get(`${account}#${kind}`);
    return closed !== undefined && this.#now() - closed.at < KNOWN_AFTER_MS ? closed.openedAt : undefined;
  }
}
