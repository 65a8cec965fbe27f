import type { Item, Key, Table, Written } from '../../../shared/store/table.ts';

/*
 * A synthetic later version of the product: this version with a table that adds what only the later one knows, and hides it
 * from this one's code. So after a rollback, the older version finds attributes, kinds and states that it does not know.
 */

const LATER = /^(need#)?later/;

/** What the later version adds to each book and document, by the name of the attribute. */
export function isOfLaterVersion(attribute: string): boolean {
  return LATER.test(attribute);
}

/** A kind that this version does not know. */
export const LATER_KIND = 'later-kind';

/** The later version's table. @param now Unix milliseconds. @param draw a number from 0 to 1. */
export function laterTable(table: Table, now: () => number, draw: () => number): Table {
  return {
    get: async (...asked) => hidden(await table.get(...asked)),
    put: async (item, condition) => hiddenFrom(await table.put(extended(item, now(), draw), condition)),
    update: async (...update) => hiddenFrom(await table.update(...update)),
    delete: async (...deleted) => hiddenFrom(await table.delete(...deleted)),
    async *query(query) {
      for await (const item of table.query(query)) yield hidden(item) ?? item;
    },
    queryDue: (...asked) => table.queryDue(...asked),
  };
}

function extended(item: Item & Key, now: number, draw: () => number): Item & Key {
  const isBook = item.item === 'BOOK';
  const isResult = item.item.startsWith('RESULT#');
  if ((!isBook && !isResult && !item.item.startsWith('DOC#')) || item.status === 'FORGOTTEN') return item;
  const later = { laterText: 'x', laterMap: { at: now, list: [1, 'two', { three: 3 }] } };
  if (isResult) return { ...item, ...later };
  const since = new Date(0).toISOString();
  const entry = { state: 'dreaming', wanted: now, answered: 0, version: 1, since };
  const progress = isBook ? { laterProgress: { state: 'begun', at: since } } : {};
  const isOpen = isBook && Array.isArray(item.open) && draw() < 0.5;
  const open = isOpen ? { open: [...(item.open as readonly string[]), LATER_KIND] } : {};
  return { ...item, ...later, ...progress, ...open, [`need#${LATER_KIND}`]: entry };
}

function hiddenFrom(written: Written): Written {
  if (written.written) return { written: true, before: hidden(written.before) };
  return { written: false, existing: hidden(written.existing) };
}

/** Without what only the later version knows. */
function hidden(item: Item | undefined): Item | undefined {
  if (item === undefined) return undefined;
  const known = Object.fromEntries(Object.entries(item).filter(([name]) => !isOfLaterVersion(name)));
  const { open } = known;
  return Array.isArray(open) ? { ...known, open: open.filter((kind) => kind !== LATER_KIND) } : known;
}
