import { html } from 'htm/preact';
import { linkTo } from '../lib/route.js';
import { NewBook } from '../parts/book-forms.js';
import { BookTable, bookRows } from '../parts/book-table.js';
import { DeliveryTable } from '../parts/delivery-table.js';
import { Flow } from '../parts/flow.js';
import { Plots } from '../parts/plot.js';
import { Problems } from '../parts/problems.js';

/** @param {{ snapshot: import('../lib/api.js').LocalSnapshot, now: number }} props */
export function Overview({ snapshot, now }) {
  const { facts, faults, deliveries, series, health } = snapshot;
  return html`
    <${Problems} health=${health} />
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

/** @param {{ snapshot: import('../lib/api.js').LocalSnapshot }} props */
export function Books({ snapshot }) {
  return html`
    <section class="card" aria-labelledby="books">
      <h2 id="books" class="unseen">All books</h2>
      <${BookTable} rows=${bookRows(snapshot)} />
    </section>
    ${snapshot.faults !== null && html`<${NewBook} facts=${snapshot.facts} />`}
  `;
}
