import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { MINUTE } from '../../ocrolus/random.ts';
import type { BookTruth } from '../../ocrolus/truth.ts';
import type { Core } from '../../system/core.ts';
import { SECRET_MARKERS } from '../../system/settings.ts';
import type { Violations } from '../violations.ts';

/** Functions that were running when a book was forgotten are over after that (docs/decisions/0019). */
const IN_FLIGHT_MS = 15 * MINUTE;

/** Every name and account number contains one of these, in lower case. None may reach a log line in any spelling. */
const PERSONAL_MARKERS: readonly string[] = ['quillfeather', '40123456789'];

/** Nothing is left of a forgotten book but tombstones, and entries of the ledger without payload and reason. */
export function checkForgotten(
  { table, bodies }: Core,
  { bookUuid, bookPk }: BookTruth,
  violations: Violations,
): void {
  const report = (text: string) => violations.add('forgotten-kept', bookUuid, text);
  let tombstones = 0;
  for (const bookId of [bookUuid, `pk-${bookPk}`]) {
    for (const { item, status, payload, reason } of table.peekPartition(bookId)) {
      const key = String(item);
      if (key === 'BOOK' && status === 'FORGOTTEN') tombstones += 1;
      else if (!key.startsWith('EVENT#')) report(`${bookId} ${key} ${status ?? ''}`);
      else if (payload !== undefined || reason !== undefined) report(`${bookId} ${key} has its payload`);
    }
  }
  if (tombstones === 0) report('there is no tombstone');
  for (const key of bodies.keys()) if (key.includes(bookUuid)) report(`object ${key}`);
}

/**
 * Nothing is asked about a forgotten book, except to learn which book a pk or a document belongs to: by Book status, and
 * by the signals of a document that an event named without its book.
 */
export function checkForgottenCall(
  { bookUuid, operation, subject }: SimulatedCall,
  { forgotten }: Core,
  now: number,
  violations: Violations,
): void {
  const since = forgotten.get(bookUuid)?.since;
  if (since === undefined || now < since + IN_FLIGHT_MS) return;
  if (operation.name === 'book-status' || operation.name === 'doc-fraud-signals') return;
  violations.add('forgotten-asked', bookUuid, `${operation.name} of ${subject}`);
}

/** Parts of rejection reasons, which may name people; a log has none of them. */
const REASON_MARKERS = ['is unreadable', 'duplicate of', 'customer requested', 'invalid document'];

const MARKED = new RegExp(
  [...PERSONAL_MARKERS, ...SECRET_MARKERS, ...REASON_MARKERS].map(escapeForRegExp).join('|'),
  'i',
);

/** No log line has personal data or a secret. */
export function checkPrivacy(actor: string, line: string, violations: Violations): void {
  if (!MARKED.test(line)) return;
  const [marker] = MARKED.exec(line) ?? [];
  violations.add('private', '', `${actor} logs ${marker}: ${line.slice(0, 300)}`);
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
