import { createReader } from '../../../shared/store/reader.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { Attributes } from '../kernel/table/values.ts';
import type { BookTruth, ResultTruth } from '../ocrolus/truth-types.ts';
import type { Core } from '../system/core.ts';
import { isEnded } from './policy.ts';
import type { Violations } from './violations.ts';

/** What the book says is missing must be missing at Ocrolus too; and a book that lacks nothing is complete. */
export async function checkOpen(
  core: Core,
  truth: BookTruth,
  book: Attributes,
  violations: Violations,
): Promise<string[]> {
  const { bookUuid } = truth;
  const noBodies = () => Promise.reject(new Error('what is missing has no body'));
  const reader = createReader(plainTable(core), { get: noBodies, open: noBodies });
  const missing = await reader.missing(bookUuid);
  for (const { kind, subject, state, code, attempts, nextAt } of missing) {
    const result = truth.results.find((one) => one.kind === kind && one.subject === subject);
    const isThere =
      kind === 'signals' && subject === bookUuid
        ? false
        : result?.state === 'available' || result?.state === 'asynchronous';
    if (!isThere) continue;
    violations.add(
      'left-open',
      bookUuid,
      `${kind} ${subject} is ${state} (${code}, ${attempts} tries, next ${nextAt}), and Ocrolus has it`,
    );
  }
  const kinds = new Set(missing.map(({ kind }) => kind));
  const open = Array.isArray(book.open) ? book.open.map(String) : [];
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

export function isAvailable(result: ResultTruth | undefined): boolean {
  return result?.state === 'available' || result?.state === 'asynchronous';
}

/** The table as it is, at no time and without faults. */
function plainTable({ table }: Core): Pick<Table, 'get' | 'query'> & Table {
  const refuse = (): never => {
    throw new Error('read only');
  };
  return {
    get: async (key, attributes) => table.get(key, attributes),
    async *query(query) {
      yield* table.queryPage(query, Number.POSITIVE_INFINITY).rows;
    },
    put: refuse,
    update: refuse,
    delete: refuse,
    queryDue: refuse,
  };
}
