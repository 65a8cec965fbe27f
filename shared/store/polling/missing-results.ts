import { type CircuitState, isExempt, isOnlyMissing } from '../../checklist/circuit-state.ts';
import { type Entry, NO_ENTRY, wantOf } from '../../checklist/entry.ts';
import { BOOK_KINDS, DOCUMENT_KINDS, KINDS } from '../../checklist/kinds.ts';
import { isGone } from '../../checklist/lines.ts';
import { isCaptured, isListed } from '../../checklist/observation.ts';
import type { ResultKind } from '../../events/result-kinds.ts';
import { iso } from '../../time.ts';
import { type Book, readBook } from '../books.ts';
import { readDocuments } from '../documents.ts';
import type { Table } from '../table.ts';
import { BOOK_STATUS, CIRCUIT_OPEN, readRefusals } from './circuits.ts';

/** A result that is missing. */
export interface MissingResult {
  readonly kind: ResultKind;
  readonly subject: string;
  /** `wanted`: not asked for yet. `pending`: asked for without success. `expired`: no longer asked for. */
  readonly state: 'wanted' | 'pending' | 'expired';
  readonly since: string;
  /** Unsuccessful requests, with those of Book status if it does not show the book. */
  readonly attempts: number;
  readonly nextAt: string | null;
  /** Code of the last answer; if something holds it, of that. */
  readonly code: string | null;
  /**
   * Why it is not asked for. `book-status`: Ocrolus does not show the book. `circuit`: Ocrolus refuses the kind for every
   * book of the account.
   */
  readonly heldBy: 'book-status' | 'circuit' | null;
}

/**
 * Reads what a book lacks: one element for each open entry of its checklist.
 *
 * @returns `undefined`: the book is not stored.
 */
export async function readMissing(table: Table, bookId: string): Promise<MissingResult[] | undefined> {
  const book = await readBook(table, bookId);
  if (book === undefined) return undefined;
  if (isGone(book.status)) return [];
  const { open, updatedAt } = book;
  // A kind is not missing if it is never asked for, or if the account's contract does not include it.
  const isExpectedKind = (kind: ResultKind) => open === undefined || open.includes(kind);
  const missing: Missing[] = [];
  const add = (kind: ResultKind, subject: string, entry: Entry, known: string) => {
    const { wanted, tries: attempts = 0, tried = 0, nextAt = null, code = null } = entry;
    const marked = wanted > 1 ? iso(wanted) : known;
    const state = attempts === 0 || tried < wanted ? 'wanted' : nextAt === null ? 'expired' : 'pending';
    const since = entry.since ?? marked;
    missing.push({ entry, result: { kind, subject, state, since, attempts, nextAt, code, heldBy: null } });
  };
  // A result that a policy wants is open even before anything marks it. Signals and analytics may be those of a
  // document or a request.
  const unmarked = BOOK_KINDS.filter((kind) => KINDS[kind].of.length === 1 && open?.includes(kind));
  for (const name of new Set([...Object.keys(book.entries), ...unmarked])) {
    const { kind, subject } = wantOf(name, bookId);
    const entry = book.entries[name] ?? NO_ENTRY;
    const isUnmarked = entry.answered === 0 && unmarked.some((one) => one === name);
    if ((entry.answered < entry.wanted || isUnmarked) && isExpectedKind(kind))
      add(kind, subject, entry, updatedAt);
  }
  for (const document of (await readDocuments(table, bookId)).byUuid.values()) {
    if (!isListed(document)) continue;
    for (const kind of [...DOCUMENT_KINDS, 'signals'] as const) {
      const isExpected = kind !== 'signals' && isCaptured(document);
      const { [kind]: entry = NO_ENTRY } = document.entries;
      const isMissing = entry.answered < Math.max(entry.wanted, isExpected ? 1 : 0);
      if (isMissing && isExpectedKind(kind) && (isExpected || kind === 'signals'))
        add(kind, document.docUuid, entry, document.observedAt);
    }
  }
  return missing.length === 0 ? [] : withHolds(table, book, missing);
}

interface Missing {
  readonly entry: Entry;
  readonly result: MissingResult;
}

/** Adds what keeps Ocrolus from being asked. */
async function withHolds(table: Table, book: Book, missing: readonly Missing[]): Promise<MissingResult[]> {
  const circuits = new Map<string, Extract<CircuitState, { state: 'open' }>>();
  for (const { account, kind, code, openedAt: since } of await readRefusals(table))
    if (account === book.account && since !== undefined) circuits.set(kind, { state: 'open', since, code });
  const ofAccount = circuits.get(BOOK_STATUS);
  return missing.map(({ entry, result }) => {
    const { refused } = book;
    if (refused !== undefined) {
      // While the account's circuit is open, nothing was asked about this book; its next look is soon after.
      const isSuppressed = refused.code === CIRCUIT_OPEN;
      return {
        ...result,
        code: isSuppressed ? (ofAccount?.code ?? refused.code) : refused.code,
        attempts: result.attempts + refused.count,
        heldBy: isSuppressed ? 'circuit' : 'book-status',
      };
    }
    if (ofAccount !== undefined && !isOnlyMissing(ofAccount))
      return { ...result, code: ofAccount.code, heldBy: 'circuit' };
    const circuit = circuits.get(result.kind);
    if (circuit === undefined || isExempt(circuit, entry, Math.max(entry.wanted, 1))) return result;
    return { ...result, code: circuit.code, heldBy: 'circuit' };
  });
}
