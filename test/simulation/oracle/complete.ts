import { DOCUMENT_KINDS, type DocumentKind } from '../../../shared/checklist/kinds.ts';
import { isCapturable } from '../../../shared/checklist/observation.ts';
import { parseEntries } from '../../../shared/store/entries.ts';
import type { Change, MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import type { Attributes } from '../kernel/table/values.ts';
import type { Violations } from './violations.ts';

/** Refused for so long to every book of an account. The clock of who wrote may have been seconds ahead. */
const NOT_SERVED_MS = 24 * 3_600_000 - 10_000;

/** A message that has written DOC may take so long to write BOOK: a Lambda's whole time. */
const IN_BETWEEN_MS = 70_000;

/**
 * A book that becomes complete has everything its own checklist wants (docs/design.md#complete): no entry of the book
 * is open, and no document as far as it was not written a moment ago.
 */
export function checkComplete(
  { key, before, after }: Change,
  table: MemoryTableCore,
  now: number,
  violations: Violations,
) {
  if (key.item !== 'BOOK' || after?.complete !== true || before?.complete === true) return;
  const { bookId } = key;
  const report = (text: string) => violations.add('complete-too-early', bookId, text);
  if (after.settled === undefined) report('complete without being settled');
  const { generation } = after;
  for (const [name, entry] of Object.entries(parseEntries(after))) {
    if (entry.version !== generation) continue;
    if (entry.state === 'wanted' || entry.state === 'pending' || entry.state === 'expired')
      report(`${name} is ${entry.state}`);
    const [kind, subject = bookId] = name.split('#');
    if (entry.state !== 'stored' || kind === 'signals' || kind === 'analytics') continue;
    if (table.peek({ bookId, item: `RESULT#${kind}#${subject}` }) === undefined)
      report(`${name} is stored, but there is no result`);
  }
  // A kind that is not served to the account is not missing (docs/decisions/0016).
  const kinds = DOCUMENT_KINDS.filter((kind) => {
    const circuit = table.peek({ bookId: 'circuit', item: `${after.account}#${kind}` });
    return circuit?.openedAt === undefined || now - Date.parse(String(circuit.openedAt)) < NOT_SERVED_MS;
  });
  for (const document of table.peekPartition(bookId, 'DOC#'))
    checkDocument(document, kinds, { table, now, report });
}

interface DocumentCheck {
  readonly table: MemoryTableCore;
  readonly now: number;
  readonly report: (text: string) => void;
}

function checkDocument(
  document: Attributes,
  kinds: readonly DocumentKind[],
  { table, now, report }: DocumentCheck,
): void {
  const { bookId, docUuid, status, mixed, version, observedAt } = document;
  if (!isCapturable({ status: String(status), mixed: mixed === true })) return;
  if (now - Date.parse(String(observedAt)) < IN_BETWEEN_MS) return;
  const entries = parseEntries(document);
  for (const kind of kinds) {
    const entry = entries[kind];
    const isFresh = now - Date.parse(entry?.openedAt ?? entry?.since ?? '') < IN_BETWEEN_MS;
    if (isFresh) continue;
    if (entry === undefined || entry.version !== version) report(`${docUuid} has no ${kind}`);
    else if (entry.state === 'wanted' || entry.state === 'pending')
      report(`${docUuid}: ${kind} is ${entry.state}`);
    else if (
      entry.state === 'stored' &&
      table.peek({ bookId: String(bookId), item: `RESULT#${kind}#${docUuid}` }) === undefined
    )
      report(`${docUuid}: ${kind} is stored, but there is no result`);
  }
}
