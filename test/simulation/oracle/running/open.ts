import type { Attributes } from '../../kernel/table/values.ts';
import type { BookTruth } from '../../ocrolus/truth/truth-types.ts';
import type { Core } from '../../system/core.ts';
import { LATER_KIND } from '../../system/later-version.ts';
import { missingOf } from '../entries.ts';
import { isAvailable } from '../excuses/availability.ts';
import { isEnded } from '../vendor/results.ts';
import type { Violations } from '../violations.ts';

/** What the book says is missing must be missing at Ocrolus too; and a book that lacks nothing is complete. */
export async function checkOpen(
  core: Core,
  truth: BookTruth,
  book: Attributes,
  violations: Violations,
): Promise<string[]> {
  const { bookUuid } = truth;
  const missing = await missingOf(core.table, bookUuid).catch((error: unknown) => {
    violations.add('reader-fails', bookUuid, String(error).slice(0, 200));
    return undefined;
  });
  if (missing === undefined) return [];
  for (const { kind, subject, state, code, attempts, nextAt } of missing) {
    const result = truth.results.find((one) => one.kind === kind && one.subject === subject);
    // Of a document that Detect leaves out, the book's are not the last word.
    if ((kind === 'signals' && subject === bookUuid) || !isAvailable(result)) continue;
    violations.add(
      'left-open',
      bookUuid,
      `${kind} ${subject} is ${state} (${code}, ${attempts} tries, next ${nextAt}), and Ocrolus has it`,
    );
  }
  const kinds = new Set(missing.map(({ kind }) => kind));
  // What only a later version knows stays in it, until this version writes it again.
  const open = Array.isArray(book.open) ? book.open.filter((kind) => kind !== LATER_KIND).map(String) : [];
  if (open.some((kind) => ![...kinds].some((one) => one === kind)) || kinds.size > open.length) {
    violations.add(
      'open-wrong',
      bookUuid,
      `open is ${open.join(' ')}, missing ${[...kinds].sort().join(' ')}`,
    );
  }
  const isComplete = isEnded(truth) && missing.length === 0;
  if (book.complete !== isComplete) {
    violations.add(
      'complete-wrong',
      bookUuid,
      `complete is ${book.complete}; missing: ${missing.map(({ kind, state, code }) => `${kind} ${state} ${code}`).join(', ')}`,
    );
  }
  return missing.map(({ kind }) => kind);
}
