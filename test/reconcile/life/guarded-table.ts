import { gunzipSync } from 'node:zlib';
import type { Item, Key, Table } from '../../../shared/store/table.ts';
import type { MemoryTable } from '../../store/testing/memory-table.ts';

/** How a Lambda reaches the table. */
interface Guard {
  /** Makes one access, which may be delayed, refused, or the last one of the Lambda. */
  readonly access: <T>(work: () => Promise<T>) => Promise<T>;
  /** Waits until an access may happen. */
  readonly pass: () => Promise<void>;
  /** Reports a write that the data model forbids. */
  readonly report: (problem: string) => void;
}

/** The table as one Lambda reaches it, whose writes are checked. */
export function guardedTable(store: MemoryTable, { access, pass, report }: Guard): Table {
  const write = async <T>(key: Key, work: () => Promise<T>) =>
    access(async () => {
      const before = await store.get(key);
      const written = await work();
      for (const problem of problemsOf(key, before, await store.get(key))) report(problem);
      return written;
    });
  return {
    get: (key, attributes) => access(() => store.get(key, attributes)),
    put: (item, condition) => write(item, () => store.put(item, condition)),
    update: (key, update) => write(key, () => store.update(key, update)),
    delete: (key, condition) => write(key, () => store.delete(key, condition)),
    async *query(query) {
      await pass();
      // One page is one answer.
      const rows: Item[] = [];
      for await (const row of store.query(query)) rows.push(row);
      yield* rows;
    },
    queryDue: (shard, until) => store.queryDue(shard, until),
  };
}

/** docs/data-model.md: "Never backwards in time", and "Results are immutable per generation". */
function problemsOf(key: Key, before: Item | undefined, after: Item | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  const problems: string[] = [];
  const isOlder = (attribute: string) => String(after[attribute] ?? '') < String(before[attribute] ?? '');
  if (isOlder('observedAt')) problems.push('observedAt goes back');
  if (key.item.startsWith('RESULT#')) {
    if (isOlder('fetchedAt')) problems.push('fetchedAt goes back');
    if (after.sha256 !== before.sha256) {
      if (Number(after.generation) <= Number(before.generation))
        problems.push('another body in the same generation');
      const [old, next] = [versionOf(before), versionOf(after)];
      if (old !== undefined && next !== undefined && next < old)
        problems.push(`version ${next} in the place of ${old}`);
    }
  }
  return problems.map((problem) => `${key.bookId} ${key.item}: ${problem}`);
}

/** The version that the body of a result carries; `undefined` for signals, whose documents have one each. */
function versionOf({ body }: Item): number | undefined {
  return (JSON.parse(gunzipSync(body as Uint8Array).toString()) as { version?: number }).version;
}
