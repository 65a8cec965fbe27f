import { isDeepStrictEqual } from 'node:util';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { EVENT_PREFIX, eventItem } from '../../../shared/store/keys.ts';
import type { Change } from '../kernel/table/memory-table-core.ts';
import type { Violations } from './violations.ts';

interface Accepted {
  readonly bookUuid: string;
  readonly eventName: string;
  /** Partitions in which there is a final outcome. */
  final: string[];
}

/** Every delivery that was answered with 200 ends in the ledger, once, with a final outcome that does not change. */
export class LedgerCheck {
  readonly #accepted = new Map<string, Accepted>();
  readonly #final = new Map<string, string[]>();
  readonly #violations: Violations;

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  accept({ receivedAt, deliveryId, eventName }: Envelope, bookUuid: string): void {
    const item = eventItem(receivedAt, deliveryId);
    this.#accepted.set(item, { bookUuid, eventName, final: this.#final.get(item) ?? [] });
  }

  change({ key: { bookId, item }, before, after }: Change): void {
    if (!item.startsWith(EVENT_PREFIX)) return;
    const [old, next] = [finalOutcome(before), finalOutcome(after)];
    if (old !== undefined && next !== undefined && !isStripped(before, after)) {
      this.#violations.add('ledger-changed', bookId, `${item}: written again, ${old} and then ${next}`);
    }
    if (old === next || (old !== undefined && next !== undefined)) return;
    const known = this.#final.get(item) ?? [];
    this.#final.set(
      item,
      next === undefined ? known.filter((partition) => partition !== bookId) : [...known, bookId],
    );
  }

  /** At the end. */
  check(): void {
    for (const [item, { bookUuid, eventName }] of this.#accepted) {
      const { length } = this.#final.get(item) ?? [];
      if (length === 1) continue;
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
