import { html } from 'htm/preact';
import { milliseconds, seconds, short, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Badge } from './badge.js';
import { Table } from './table.js';

/** @typedef {import('../lib/api.js').DeliveryRow} DeliveryRow */

/** @type {import('./table.js').Column<DeliveryRow>[]} */
const COLUMNS = [
  {
    label: 'Event',
    cell: ({ deliveryId, eventName, partition = '' }) =>
      html`<a href=${linkTo('deliveries', deliveryId, { book: partition })}>${eventName ?? 'unknown'}</a>`,
  },
  {
    label: 'State',
    cell: ({ state, outcome }) => html`<${Badge} state=${state === 'done' ? (outcome ?? state) : state} />`,
  },
  { label: 'Why', cell: ({ code }) => (code === null ? null : words(code)) },
  {
    label: 'Book',
    cell: ({ bookId }) =>
      bookId === null ? null : html`<a class="mono" href=${linkTo('books', bookId)}>${short(bookId)}</a>`,
  },
  { label: 'Source', cell: ({ source }) => SOURCES[source] },
  { label: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
  { label: 'Duration', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
  { label: 'Received (UTC)', isNumber: true, cell: ({ at }) => seconds(at) },
];

const SOURCES = { webhook: 'webhook', poll: 'poller', ocrolus: 'never arrived' };

/** Columns for narrow places. */
const SHORT = COLUMNS.filter(({ label }) =>
  ['Event', 'State', 'Book', 'Duration', 'Received (UTC)'].includes(label),
);

/** @param {{ rows: readonly DeliveryRow[], empty: string, isShort?: boolean }} props */
export function DeliveryTable({ rows, empty, isShort = false }) {
  return html`
    <${Table}
      caption="Deliveries, newest first"
      columns=${isShort ? SHORT : COLUMNS}
      rows=${rows}
      rowKey=${(/** @type {DeliveryRow} */ row) => row.deliveryId + row.at}
      empty=${empty}
    />
  `;
}
