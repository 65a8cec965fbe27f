import { html } from 'htm/preact';
import { milliseconds, seconds, short, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Badge } from './badge.js';
import { Table } from './table.js';

/** @type {import('./table.js').Column<import('../lib/api.js').Deliveries['rows'][number]>[]} */
const COLUMNS = [
  {
    label: 'Event',
    cell: ({ deliveryId, eventName, partition }) =>
      html`<a href=${linkTo('deliveries', deliveryId, { book: partition })}>${eventName}</a>`,
  },
  { label: 'Outcome', cell: ({ outcome }) => html`<${Badge} state=${outcome} />` },
  { label: 'Why', cell: ({ why }) => (why === null ? null : words(why)) },
  {
    label: 'Book',
    cell: ({ bookId }) =>
      bookId === null ? null : html`<a class="mono" href=${linkTo('books', bookId)}>${short(bookId)}</a>`,
  },
  { label: 'Source', cell: ({ source }) => (source === 'poll' ? 'poller' : source) },
  { label: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
  { label: 'Duration', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
  { label: 'Received (UTC)', isNumber: true, cell: ({ at }) => seconds(at) },
];

/** Those of narrow places. */
const SHORT = COLUMNS.filter(({ label }) => !['Why', 'Source', 'Attempts'].includes(label));

/** @param {{ rows: import('../lib/api.js').Deliveries['rows'], empty: string, isShort?: boolean }} props */
export function DeliveryTable({ rows, empty, isShort = false }) {
  const columns = isShort ? SHORT : COLUMNS;
  return html`<${Table} caption="Deliveries, newest first" columns=${columns} rows=${rows} empty=${empty} />`;
}
