import type { ResultKind } from '../events/catalog.ts';
import { DELETED } from '../events/statuses.ts';
import { iso } from '../time.ts';
import { type CircuitState, isNotServed, NOT_SERVED } from './circuit-state.ts';
import { type Entries, type Entry, isClosedEarly, isMissing, isOpen, wantOf } from './entry.ts';
import { BOOK_KINDS, DOCUMENT_KINDS, KINDS, type Policy, policyFor } from './kinds.ts';
import { type Collected, current, type PlanInput } from './plan-input.ts';
import { withoutAnswered } from './remembered.ts';
import type { Timing } from './times.ts';

/** The entries that a book should have. */
export function planBook(input: PlanInput, needsSignals: boolean, collected: Collected): Entries {
  const { book, policy, circuit, now, times } = input;
  if (book.status === DELETED) return book.entries;
  const entries = withoutAnswered(book.entries, input);
  for (const kind of BOOK_KINDS) {
    const wanted = wantedEntry(input, kind);
    if (wanted !== undefined) entries[kind] = wanted;
  }
  if (input.documents !== undefined) {
    const signals = signalsEntry(input, needsSignals);
    if (signals !== undefined) entries.signals = signals;
  }
  // A kind of documents that is not served may become part of the contract.
  if (book.hasResults === true && DOCUMENT_KINDS.some((kind) => isNotServed(circuit(kind), input))) {
    collected.later(now + times.month);
  }
  for (const [name, entry] of Object.entries(entries)) {
    const want = wantOf(name, book.bookId);
    if (entry.version !== book.generation || policy[want.kind] === 'never') continue;
    const { state } = circuit(want.kind);
    const served = underCircuit(entry, circuit(want.kind), input);
    entries[name] = served;
    if (isMissing(served)) collected.open.add(want.kind);
    const isCanary = state === 'canary' && served.code === NOT_SERVED;
    if (isCanary) collected.canaries.push(want);
    if (served.nextAt === undefined) continue;
    if (state === 'open') collected.later(Math.max(Date.parse(served.nextAt), now + times.max));
    else collected.ask(want, served);
  }
  return entries;
}

/**
 * The entry of a kind that a book should have and lacks: because of its policy, because an earlier generation had it, or
 * as a probe.
 */
function wantedEntry({ book, policy, now, times }: PlanInput, kind: ResultKind): Entry | undefined {
  const { endedAt, generation } = book;
  const rule = policyFor(policy, book.bookClass, kind);
  if (endedAt === undefined || rule === 'never') return undefined;
  // Analytics, income and the like exist only where some document has results; a classification exists anyway.
  if (book.hasResults !== true && kind !== 'classification') return undefined;
  const before = book.entries[kind];
  const entry = current(before, generation);
  if (entry !== undefined && !isOutdated(entry) && !isLeftByProbe(entry, rule)) return undefined;
  const wasThere = before !== undefined && before.state !== 'probe' && before.state !== 'unavailable';
  const common = { version: generation, attempts: 0 };
  if (rule === 'always' || wasThere) {
    return { ...common, state: 'wanted', since: iso(now), nextAt: iso(now + times.grace) };
  }
  if (!KINDS[kind].probe) return undefined;
  const first = times.probes[0] ?? times.month;
  return { ...common, state: 'probe', since: endedAt, nextAt: iso(Date.parse(endedAt) + first) };
}

/** A result from before the end of the book may have been about other documents. */
function isOutdated(entry: Entry): boolean {
  return isClosedEarly(entry) && entry.code !== NOT_SERVED;
}

/** The policy has become `always` since the result was only probed: a refusal no longer ends it. */
function isLeftByProbe({ state, code }: Entry, rule: Policy): boolean {
  if (rule !== 'always') return false;
  return state === 'probe' || (state === 'unavailable' && !ABOUT_DATA.has(code ?? ''));
}

/** Codes of permanent answers (shared/ocrolus/classify.ts), and of what this plan decides itself. */
const ABOUT_DATA: ReadonlySet<string> = new Set(['9002', '9003', '9006', 'job-failed', NOT_SERVED]);

/** One call answers for the signals of all documents: the entry of the book is its schedule. */
function signalsEntry(input: PlanInput, needsSignals: boolean): Entry | undefined {
  const { book, circuit, now, times } = input;
  const entry = current(book.entries.signals, book.generation);
  if (needsSignals) {
    if (entry !== undefined && entry.state !== 'stored' && entry.state !== 'probe') return undefined;
    const nextAt = iso(now + times.grace);
    return { state: 'wanted', version: book.generation, since: iso(now), attempts: 0, nextAt };
  }
  // An event still waits for an answer.
  if (entry === undefined || entry.openedAt !== undefined) return undefined;
  const isServedAgain = entry.code === NOT_SERVED && !isNotServed(circuit('signals'), input);
  // By now every document has an entry of its own.
  if (!isOpen(entry) && !isServedAgain) return undefined;
  return { state: 'stored', version: entry.version, since: iso(now), attempts: 0 };
}

/** An entry as the circuit of its kind allows it to be asked for. */
function underCircuit(entry: Entry, circuit: CircuitState, timing: Timing): Entry {
  const { now } = timing;
  if (isNotServed(circuit, timing) && isOpen(entry)) {
    const { nextAt: _, ...kept } = entry;
    return { ...kept, state: 'unavailable', code: NOT_SERVED };
  }
  if (entry.state === 'unavailable' && entry.code === NOT_SERVED && !isNotServed(circuit, timing)) {
    return { ...entry, state: 'wanted', since: iso(now), attempts: 0, nextAt: iso(now) };
  }
  return entry;
}
