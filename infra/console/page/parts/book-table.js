import { html } from 'htm/preact';
import { seconds, short, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Badge } from './badge.js';
import { Table } from './table.js';

/** @typedef {import('../lib/api.js').LocalSnapshot} Snapshot */

/**
 * A book that is in Ocrolus, in the table, or both.
 *
 * @typedef {object} BookRow
 * @property {string} bookId
 * @property {string} name
 * @property {string | undefined} status as stored
 * @property {boolean | undefined} complete
 * @property {readonly string[]} open kinds of results that are missing
 * @property {string | null} next the next step in the simulated Ocrolus
 * @property {string} at
 */

/** Lists the books, newest first. @param {Snapshot} snapshot @returns {BookRow[]} */
export function bookRows({ books, table }) {
  const simulated = new Map(books.map((book) => [book.uuid, book]));
  const stored = new Map(table.latest.map((book) => [book.bookId, book]));
  const ids = new Set([...simulated.keys(), ...stored.keys()]);
  return [...ids]
    .map((bookId) => {
      const inOcrolus = simulated.get(bookId);
      const inTable = stored.get(bookId);
      return {
        bookId,
        name: inOcrolus?.name ?? inTable?.name ?? short(bookId),
        status: inTable?.status,
        complete: inTable?.complete,
        open: inTable?.open ?? [],
        next: inOcrolus?.next ?? null,
        at: inOcrolus?.createdAt ?? inTable?.updatedAt ?? '',
      };
    })
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** @type {import('./table.js').Column<{ status?: string | undefined, complete?: boolean | undefined, open: readonly string[] }>[]} */
const STORED = [
  {
    label: 'Stored as',
    cell: ({ status }) =>
      status === undefined ? html`<span class="muted">not stored yet</span>` : words(status.toLowerCase()),
  },
  {
    label: 'Checklist',
    cell: ({ complete }) =>
      complete === undefined ? null : html`<${Badge} state=${complete ? 'complete' : 'not complete'} />`,
  },
  {
    label: 'Missing',
    cell: ({ open }) => (open.length === 0 ? null : open.join(', ')),
  },
];

/** @type {import('./table.js').Column<BookRow>[]} */
const COLUMNS = [
  { label: 'Book', cell: ({ bookId, name }) => html`<a href=${linkTo('books', bookId)}>${name}</a>` },
  ...STORED,
  {
    label: 'Next in Ocrolus',
    cell: ({ next }) => (next === null ? html`<span class="muted">finished</span>` : words(next)),
  },
];

/** @typedef {import('../lib/api.js').StageBooks['rows'][number]} PolledBook */

/** @type {import('./table.js').Column<PolledBook>[]} */
const POLLED = [
  {
    label: 'Book',
    cell: ({ bookId, name }) => html`<a href=${linkTo('books', bookId)}>${name ?? short(bookId)}</a>`,
  },
  ...STORED,
  { label: 'Next look (UTC)', isNumber: true, cell: ({ dueAt }) => (dueAt === '' ? null : seconds(dueAt)) },
];

/** The books of a stage that are polled next. @param {{ rows: readonly PolledBook[] }} props */
export function PolledBooks({ rows }) {
  return html`
    <${Table}
      caption="Books, polled next first"
      columns=${POLLED}
      rows=${rows}
      rowKey=${(/** @type {PolledBook} */ row) => row.bookId}
      empty="None."
    />
  `;
}

/** @param {{ rows: readonly BookRow[] }} props */
export function BookTable({ rows }) {
  return html`
    <${Table}
      caption="Books, newest first"
      columns=${COLUMNS}
      rows=${rows}
      rowKey=${(/** @type {BookRow} */ row) => row.bookId}
      empty="No book yet. Create one under “Simulate”."
    />
  `;
}
