import type { Change } from '../../kernel/table/memory-table-core.ts';
import type { Attributes } from '../../kernel/table/values.ts';
import type { Kind } from '../../ocrolus/profile.ts';
import type { BookTruth } from '../../ocrolus/truth.ts';
import type { Core } from '../../system/core.ts';
import { LATER_KIND } from '../../system/later-version.ts';
import { entriesOf, entryOf, isReadable, missingOf } from '../entries.ts';
import { DOCUMENT_KINDS, hasResults, isAvailable, isEnded, wantedOf } from '../vendor/results.ts';
import type { Invariant, Violations } from '../violations.ts';
import type { Watch } from '../watch.ts';

/** Refused for so long to every book of an account. The clock of who wrote may have been seconds ahead. */
const NOT_SERVED_MS = 24 * 3_600_000 - 10_000;

/** A message that has written DOC may take so long to write BOOK: a Lambda's whole time. */
const IN_BETWEEN_MS = 70_000;

/**
 * A book that becomes complete has everything its own checklist wants (docs/design.md#complete): no entry of the book
 * is open, and no document as far as it was not written a moment ago.
 */
export function checkComplete({ key, before, after }: Change, watch: Watch) {
  const { core, violations, deployments } = watch;
  const { table } = core;
  const { stage } = deployments.current;
  const now = watch.now();
  if (key.item !== 'BOOK' || after?.complete !== true || before?.complete === true) return;
  const { bookId } = key;
  const report = (text: string) => violations.add('complete-too-early', bookId, text);
  const isLost = (item: string) =>
    table.peek({ bookId, item }) === undefined && watch.written.expiredAt(bookId, item) === undefined;
  if (!isReadable(after)) {
    report('complete, and not readable');
    return;
  }
  // A kind that is not served to the account is not missing (docs/decisions/0028).
  const account = String(after.account);
  const isServed = (kind: string) => {
    const since = watch.written.suppressedSince(account, kind);
    return since === undefined || now - since < NOT_SERVED_MS;
  };
  for (const { kind, subject, state } of entriesOf(after)) {
    const policy = wantedOf(kind as Kind, String(after.bookClass ?? ''), stage);
    if ((state === 'open' || state === 'expired') && policy !== 'never' && isServed(kind))
      report(`${kind} ${subject} is ${state}`);
    if (state !== 'stored' || kind === 'signals' || kind === 'analytics') continue;
    if (isLost(`RESULT#${kind}#${subject}`)) report(`${kind} ${subject} is stored, but there is no result`);
  }
  const kinds = DOCUMENT_KINDS.filter(
    (kind) => isServed(kind) && wantedOf(kind, String(after.bookClass ?? ''), stage) !== 'never',
  );
  for (const document of table.peekPartition(bookId, 'DOC#'))
    checkDocument(document, kinds, { isLost, now, report });
}

interface DocumentCheck {
  /** There is no such result, and it has not expired. */
  readonly isLost: (item: string) => boolean;
  readonly now: number;
  readonly report: (text: string) => void;
}

function checkDocument(
  document: Attributes,
  kinds: readonly string[],
  { isLost, now, report }: DocumentCheck,
): void {
  const { docUuid, status, mixed, observedAt } = document;
  if (!hasResults(status) || mixed === true || !isReadable(document)) return;
  if (now - Date.parse(String(observedAt)) < IN_BETWEEN_MS) return;
  for (const kind of kinds) {
    const entry = entryOf(document, kind, String(docUuid));
    if (entry === undefined) report(`${docUuid} has no ${kind}`);
    else if (now - entry.since < IN_BETWEEN_MS) continue;
    else if (entry.state === 'open') report(`${docUuid}: ${kind} is open`);
    else if (entry.state === 'stored' && isLost(`RESULT#${kind}#${docUuid}`))
      report(`${docUuid}: ${kind} is stored, but there is no result`);
  }
}

/** What the book says is missing must be missing at Ocrolus too; and a book that lacks nothing is complete. */
export async function checkOpen(
  core: Core,
  truth: BookTruth,
  book: Attributes,
  violations: Violations,
): Promise<string[]> {
  const { bookUuid } = truth;
  const report = (invariant: Invariant, text: string) => violations.add(invariant, bookUuid, text);
  const missing = await missingOf(core.table, bookUuid).catch((error: unknown) => {
    report('reader-fails', String(error).slice(0, 200));
    return undefined;
  });
  if (missing === undefined) return [];
  for (const { kind, subject, state, code, attempts, nextAt } of missing) {
    const result = truth.results.find((one) => one.kind === kind && one.subject === subject);
    // Of a document that Detect leaves out, the book's are not the last word.
    if ((kind === 'signals' && subject === bookUuid) || !isAvailable(result)) continue;
    const tries = `${code}, ${attempts} tries, next ${nextAt}`;
    report('left-open', `${kind} ${subject} is ${state} (${tries}), and Ocrolus has it`);
  }
  const kinds = new Set(missing.map(({ kind }) => kind));
  // What only a later version knows stays in it, until this version writes it again.
  const open = Array.isArray(book.open) ? book.open.filter((kind) => kind !== LATER_KIND).map(String) : [];
  if (open.some((kind) => ![...kinds].some((one) => one === kind)) || kinds.size > open.length)
    report('open-wrong', `open is ${open.join(' ')}, missing ${[...kinds].sort().join(' ')}`);
  const isComplete = isEnded(truth) && missing.length === 0;
  const entries = missing.map(({ kind, state, code }) => `${kind} ${state} ${code}`);
  if (book.complete !== isComplete)
    report('complete-wrong', `complete is ${book.complete}; missing: ${entries.join(', ')}`);
  return missing.map(({ kind }) => kind);
}
