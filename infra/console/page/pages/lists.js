import { html } from 'htm/preact';
import { linkTo } from '../lib/route.js';
import { NewBook } from '../parts/book-forms.js';
import { BookTable, bookRows } from '../parts/book-table.js';
import { DeliveryTable } from '../parts/delivery-table.js';
import { Flow } from '../parts/flow.js';
import { Plots } from '../parts/plot.js';
import { Table } from '../parts/table.js';

/** @typedef {NonNullable<import('../lib/api.js').Snapshot['health']>[number]} Problem */

/** @type {import('../parts/table.js').Column<Problem>[]} */
const PROBLEMS = [
  {
    label: 'State',
    cell: ({ state }) => html`<span class=${`badge ${state === 'fail' ? 'bad' : 'warn'}`}>${state}</span>`,
  },
  { label: 'Check', cell: ({ name }) => name },
  { label: 'Found', cell: ({ found, isUnread }) => (isUnread ? `could not be read: ${found}` : found) },
  { label: 'What to do', cell: ({ todo }) => todo ?? null },
];

/** @param {{ snapshot: import('../lib/api.js').Snapshot, now: number }} props */
export function Overview({ snapshot, now }) {
  const { facts, faults, deliveries, series, health = [] } = snapshot;
  const problems = health.filter(({ state }) => state !== 'ok');
  return html`
    ${
      problems.length > 0 &&
      html`
        <section class="card" aria-labelledby="problems">
          <h2 id="problems">Problems</h2>
          <${Table} caption="Problems" columns=${PROBLEMS} rows=${problems} rowKey=${(/** @type {Problem} */ { name }) => name} empty="" />
        </section>
      `
    }
    <${Flow} snapshot=${snapshot} now=${now} />
    <div class="columns">
      <section class="card wide" aria-labelledby="latest">
        <h2 id="latest">Latest deliveries</h2>
        <${DeliveryTable} isShort rows=${deliveries.slice(0, 8)} empty="No delivery yet." />
        <p><a href=${linkTo('deliveries')}>All deliveries</a></p>
      </section>
      ${faults !== null && html`<${NewBook} facts=${facts} />`}
    </div>
    <${Plots} series=${series} limit=${facts.requestsPerSecond} />
    <section class="card" aria-labelledby="books">
      <h2 id="books">Books</h2>
      <${BookTable} rows=${bookRows(snapshot).slice(0, 5)} />
      <p><a href=${linkTo('books')}>All books</a></p>
    </section>
  `;
}

/** @param {{ snapshot: import('../lib/api.js').Snapshot }} props */
export function Books({ snapshot }) {
  return html`
    <section class="card" aria-labelledby="books">
      <h2 id="books" class="unseen">All books</h2>
      <${BookTable} rows=${bookRows(snapshot)} />
    </section>
    ${snapshot.faults !== null && html`<${NewBook} facts=${snapshot.facts} />`}
  `;
}
