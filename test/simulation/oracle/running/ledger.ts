import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../kernel/table/memory-table-core.ts';
import type { Attributes } from '../../kernel/table/values.ts';
import { isOfLaterVersion } from '../../system/later-version.ts';
import { countersOf, isReadable } from '../entries.ts';
import type { Violations } from '../violations.ts';
import type { Watch } from '../watch.ts';

interface Accepted {
  readonly bookUuid: string;
  readonly eventName: string;
}

/** What identifies a delivery. */
interface LedgerKey {
  readonly receivedAt: string;
  readonly deliveryId: string;
}

/** The sort key of a delivery in the ledger (docs/data-model.md). */
export function ledgerKeyOf({ receivedAt, deliveryId }: LedgerKey): string {
  return `EVENT#${receivedAt}#${deliveryId}`;
}

/** Every delivery that was answered with 200 ends in the ledger, once, with a final outcome that does not change. */
export class LedgerCheck {
  readonly #accepted = new Map<string, Accepted>();
  /** Partitions in which there is a final outcome, by key. */
  readonly #final = new Map<string, string[]>();
  readonly #outcomes = new Map<string, string>();
  readonly #violations: Violations;
  readonly #onFinal: (ledgerKey: string) => void;

  /** @param onFinal gets the key of a delivery that has its final outcome. */
  constructor(violations: Violations, onFinal: (ledgerKey: string) => void) {
    this.#violations = violations;
    this.#onFinal = onFinal;
  }

  accept(ledgerKey: string, eventName: string, bookUuid: string): void {
    this.#accepted.set(ledgerKey, { bookUuid, eventName });
  }

  /** The final outcome of a delivery. */
  outcomeOf(ledgerKey: string): string | undefined {
    return this.#outcomes.get(ledgerKey);
  }

  change({ key: { bookId, item }, before, after }: Change): void {
    if (!item.startsWith('EVENT#')) return;
    const [old, next] = [finalOutcome(before), finalOutcome(after)];
    if (old !== undefined && next !== undefined && !isStripped(before, after)) {
      this.#violations.add('ledger-changed', bookId, `${item}: written again, ${old} and then ${next}`);
    }
    if (old === next || (old !== undefined && next !== undefined)) return;
    const known = this.#final.get(item) ?? [];
    if (next === undefined) {
      this.#final.set(
        item,
        known.filter((partition) => partition !== bookId),
      );
      return;
    }
    this.#final.set(item, [...known, bookId]);
    this.#outcomes.set(item, next);
    this.#onFinal(item);
  }

  /** At the end. @param isUnreadable whether the messages about a book wait, until it is repaired. */
  check(isUnreadable: (bookUuid: string) => boolean): void {
    for (const [item, { bookUuid, eventName }] of this.#accepted) {
      const { length } = this.#final.get(item) ?? [];
      if (length === 1 || (length === 0 && isUnreadable(bookUuid))) continue;
      const invariant = length === 0 ? 'ledger-missing' : 'ledger-twice';
      this.#violations.add(invariant, bookUuid, `${eventName} ${item}: ${length} final outcomes`);
    }
  }
}

/** The payload and reason of a forgotten book were removed; all else is as it was. */
function isStripped(before: Change['before'], after: Change['after']): boolean {
  const { payload: _payload, reason: _reason, ...rest } = before ?? {};
  return isDeepStrictEqual(rest, after);
}

function finalOutcome(attributes: Change['after']): string | undefined {
  const outcome = attributes?.outcome;
  return typeof outcome === 'string' && outcome !== 'retrying' ? outcome : undefined;
}

/**
 * Each entry of the ledger can be found by the hour of its reception for as long as it is kept (docs/data-model.md). Entries
 * without a book are found without.
 */
export function checkIndexed({ key: { bookId, item }, after }: Change, { core, violations }: Watch): void {
  if (!item.startsWith('EVENT#') || bookId === 'account' || after === undefined) return;
  const [, hour] = /^EVENT#(.{13})/.exec(item) ?? [];
  const isFound = ['0', '1', '2', '3'].some((shard) => {
    const row = core.table.peek({ bookId: `ledger#${hour}#${shard}`, item: bookId });
    return Number(row?.expiresAt) >= Number(after.expiresAt);
  });
  if (!isFound) violations.add('ledger-not-indexed', bookId, `${item} is not in the index`);
}

/** Nothing is ever replaced by something older. */
export function checkNeverOlder({ key, before, after }: Change, violations: Violations): void {
  if (before === undefined || after === undefined) return;
  const { bookId, item } = key;
  const report = (invariant: Parameters<Violations['add']>[0], attribute: string) => {
    const text = `${item}: ${attribute} from ${before[attribute]} to ${after[attribute]}`;
    violations.add(invariant, bookId, text);
  };
  if (item.startsWith('RESULT#')) {
    if (isLess(after, before, 'fetchedAt')) report('result-older', 'fetchedAt');
    if (isLess(after, before, 'generation')) report('result-older', 'generation');
    return;
  }
  if (item !== 'BOOK' && !item.startsWith('DOC#')) return;
  // A tombstone has nothing of the book.
  if (after.status === 'FORGOTTEN') return;
  if (isLess(after, before, 'observedAt')) report('observation-older', 'observedAt');
  if (isLess(after, before, 'generation')) report('generation-older', 'generation');
  if (!isReadable(before) || !isReadable(after)) return;
  const counters = countersOf(after);
  for (const [name, old] of countersOf(before)) {
    const next = counters.get(name);
    if (next !== undefined && next < old)
      violations.add('generation-older', bookId, `${item} ${name}: from ${old} to ${next}`);
  }
}

function isLess(after: Attributes, before: Attributes, attribute: string): boolean {
  const [next, old] = [after[attribute], before[attribute]];
  if (old === undefined) return false;
  if (typeof next === 'string' && typeof old === 'string') return next < old;
  if (typeof next === 'number' && typeof old === 'number') return next < old;
  return true;
}

/** After a rollback, the older version keeps the attributes of books and documents that only the later version knows. */
export function checkUnknownKept(
  { key: { bookId, item }, before, after }: Change,
  violations: Violations,
): void {
  if (before === undefined || after === undefined || after.status === 'FORGOTTEN') return;
  if (item !== 'BOOK' && !item.startsWith('DOC#')) return;
  const lost = Object.keys(before).filter((name) => isOfLaterVersion(name) && after[name] === undefined);
  if (lost.length > 0) violations.add('unknown-lost', bookId, `${item} has lost ${lost.join(' ')}`);
}
