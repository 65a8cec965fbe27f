import { html } from 'htm/preact';
import { useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { number, plural, seconds, short, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Command } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Unread } from '../parts/card.js';
import { NewBook } from '../parts/simulator.js';
import { Table } from '../parts/table.js';

/**
 * @typedef {import('../lib/api.js').Books} Books
 * @typedef {import('../lib/api.js').Local} Local
 * @typedef {import('../parts/table.js').Column<Books['rows'][number]>} Column
 */

/** @param {{ snapshot: import('../lib/api.js').Snapshot, version: string, query: URLSearchParams }} props */
export function BooksPage({ snapshot: { facts, local }, version, query }) {
  const isMissing = query.get('missing') === 'true';
  const { data, problem } = useData(`books?missing=${isMissing}`, version);
  const found = /** @type {Books | undefined} */ (data);
  const find = (/** @type {any} */ event) => {
    event.preventDefault();
    location.hash = linkTo('books', event.target.elements.book.value.trim());
  };
  const choose = (/** @type {any} */ { target }) => {
    location.hash = linkTo('books', null, { missing: target.checked ? 'true' : '' });
  };
  return html`
    <form class="fields" role="search" aria-label="Find a book" onSubmit=${find}>
      <label>Book <input type="search" name="book" required placeholder="uuid, or pk-123" /></label>
      <button type="submit">Find</button>
      <label class="row check"><input type="checkbox" checked=${isMissing} onChange=${choose} /> Only with missing results</label>
    </form>
    ${
      found === undefined
        ? html`<${Unread} problem=${problem} />`
        : html`
            <p class="muted">${countOf(found, isMissing)}</p>
            <${BookTable} rows=${[...found.rows, ...(isMissing ? [] : notStored(found, local))]} local=${local} />
          `
    }
    <${Command} text=${ops(facts, 'missing')} />
    <p class="muted">Books from before the stack are fetched by a backfill; the command shows its progress:</p>
    <${Command} text=${ops(facts, 'backfill', '--from', '90d', '--dry-run')} />
    ${local?.faults && html`<${NewBook} facts=${facts} />`}
  `;
}

/** @param {Books} books @param {boolean} isMissing */
function countOf({ rows, read, lacking, isCut }, isMissing) {
  const shown = `${plural(rows.length, 'book')}${isMissing ? ' with missing results' : ''}`;
  const all = `${plural(read, 'polled book')} read, ${number(lacking)} with missing results`;
  return isCut
    ? `${shown}. The list is cut: ${all}, and there are others, which are polled later.`
    : `${shown}; ${all}.`;
}

/** Books of the simulated Ocrolus that are not stored yet. @param {Books} books @param {Local | undefined} local @returns {Books['rows']} */
function notStored({ rows, isCut }, local) {
  const stored = new Set(rows.map(({ bookId }) => bookId));
  const others = isCut ? [] : (local?.books ?? []).filter(({ uuid }) => !stored.has(uuid));
  return others.map(({ uuid, name }) => ({ bookId: uuid, name, open: [], dueAt: '' }));
}

/** @param {{ rows: Books['rows'], local: Local | undefined }} props */
export function BookTable({ rows, local }) {
  const simulated = new Map(local?.books.map((book) => [book.uuid, book]));
  /** @type {Column} */
  const next = {
    label: 'Next in Ocrolus',
    cell: ({ bookId }) => words(simulated.get(bookId)?.next ?? 'finished'),
  };
  return html`
    <${Table}
      caption="Books, polled next first"
      columns=${local ? [...COLUMNS, next] : COLUMNS}
      rows=${rows}
      empty=${local ? 'No book yet. Create one under “Simulate”.' : 'None is polled. A book is here once a webhook names it, or the poller has found it.'}
    />
  `;
}

/** @type {Column[]} */
const COLUMNS = [
  {
    label: 'Book',
    cell: ({ bookId, name }) => html`<a href=${linkTo('books', bookId)}>${name ?? short(bookId)}</a>`,
  },
  { label: 'Stored as', cell: ({ status }) => words(status?.toLowerCase() ?? 'not stored yet') },
  {
    label: 'Checklist',
    cell: ({ complete }) =>
      complete === undefined ? null : html`<${Badge} state=${complete ? 'complete' : 'incomplete'} />`,
  },
  { label: 'Missing', cell: ({ open }) => (open.length === 0 ? null : open.join(', ')) },
  { label: 'Next look (UTC)', cell: ({ dueAt }) => (dueAt === '' ? null : seconds(dueAt)) },
];
