import type { Bodies } from '../../../shared/store/bodies/result-bodies.ts';
import type { Key, Table } from '../../../shared/store/table.ts';

/** A table and a bucket that are not changed, and then answer as if what was removed were gone. */
export function previewOf(table: Table, bodies: Bodies): { readonly table: Table; readonly bodies: Bodies } {
  const gone = new Set<string>();
  const nameOf = ({ bookId, item }: Key) => `${bookId} ${item}`;
  const remove = async (key: Key) => {
    gone.add(nameOf(key));
    return { written: true, before: undefined } as const;
  };
  return {
    table: {
      ...table,
      put: () => Promise.reject(new Error('a preview puts nothing')),
      update: remove,
      delete: remove,
      async *query(query) {
        for await (const item of table.query(query))
          if (!gone.has(nameOf({ bookId: query.bookId, item: String(item.item) }))) yield item;
      },
    },
    bodies: {
      ...bodies,
      put: () => Promise.reject(new Error('a preview puts nothing')),
      async removeAll(prefix) {
        const left = (await bodies.versions(prefix)).filter((name) => !gone.has(name));
        for (const name of left) gone.add(name);
        return left.length;
      },
    },
  };
}
