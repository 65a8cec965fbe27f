import { html } from 'htm/preact';
import { useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { number, plural, seconds, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Command } from '../parts/actions.js';
import { PolledBooks } from '../parts/book-table.js';
import { DeliveryTable } from '../parts/delivery-table.js';
import { Problems } from '../parts/problems.js';
import { Table } from '../parts/table.js';
import { QueueTable } from './queues.js';

/**
 * @typedef {import('../lib/api.js').StageSnapshot} Snapshot
 * @typedef {import('../lib/api.js').StageBooks} Books
 */

/** What a deployed stage shows first. @param {{ snapshot: Snapshot }} props */
export function StageOverview({ snapshot }) {
  const { facts, health, queues, alarms, deliveries, books } = snapshot;
  return html`
    <${Problems} health=${health} />
    ${
      queues !== undefined &&
      html`
        <section class="card" aria-labelledby="queues">
          <h2 id="queues">Queues</h2>
          <${QueueTable} queues=${queues} />
          <p><a href=${linkTo('queues')}>Dead letters</a></p>
        </section>
      `
    }
    ${
      deliveries !== undefined &&
      html`
        <section class="card" aria-labelledby="latest">
          <h2 id="latest">Deliveries of the last hour: ${number(deliveries.total)}</h2>
          <${DeliveryTable} isShort rows=${deliveries.rows.slice(0, 8)} empty="None." />
          <p><a href=${linkTo('deliveries')}>All deliveries</a></p>
        </section>
      `
    }
    ${
      books !== undefined &&
      html`
        <section class="card" aria-labelledby="books">
          <h2 id="books">Books that are polled next</h2>
          <${PolledBooks} rows=${books.rows} />
          <p><a href=${linkTo('books')}>All books</a></p>
        </section>
      `
    }
    ${
      alarms !== undefined &&
      html`
        <section class="card" aria-labelledby="alarms">
          <h2 id="alarms">Alarms</h2>
          <${Table} caption="Alarms that are not OK" columns=${ALARMS} rows=${alarms} rowKey=${(/** @type {Alarm} */ { name }) => name} empty="All are OK." />
          <${Command} text=${ops(facts, 'alarms')} />
        </section>
      `
    }
  `;
}

/** @typedef {NonNullable<Snapshot['alarms']>[number]} Alarm */

/** @type {import('../parts/table.js').Column<Alarm>[]} */
const ALARMS = [
  { label: 'Alarm', cell: ({ name }) => name },
  {
    label: 'State',
    cell: ({ state }) =>
      html`<span class=${`badge ${state === 'ALARM' ? 'bad' : 'plain'}`}>${words(state.toLowerCase())}</span>`,
  },
  { label: 'Since (UTC)', cell: ({ since }) => (since === null ? null : seconds(since)) },
  { label: 'What', cell: ({ description }) => description },
];

/** @param {{ facts: Snapshot['facts'], query: URLSearchParams }} props */
export function StageBooks({ facts, query }) {
  const isMissing = query.get('missing') === 'true';
  const { data, problem } = useData(/** @type {string} */ (`books?missing=${isMissing}`), '');
  const found = /** @type {Books | undefined} */ (data);
  const find = (/** @type {any} */ event) => {
    event.preventDefault();
    location.hash = linkTo('books', event.target.elements.book.value.trim());
  };
  const choose = (/** @type {any} */ event) => {
    location.hash = linkTo('books', null, { missing: event.target.checked ? 'true' : '' });
  };
  return html`
    <form class="fields filters" role="search" aria-label="Find a book" onSubmit=${find}>
      <label>Book <input type="search" name="book" required placeholder="uuid, or pk-123" /></label>
      <button type="submit">Find</button>
      <label class="check"><input type="checkbox" checked=${isMissing} onChange=${choose} /> Only with missing results</label>
    </form>
    ${problem !== undefined && html`<p class="problem">${problem}</p>`}
    ${
      found === undefined
        ? problem === undefined && html`<p class="muted">Loading …</p>`
        : html`
            <p class="muted">${countOf(found, isMissing)}</p>
            <${PolledBooks} rows=${found.rows} />
          `
    }
    <${Command} text=${ops(facts, 'missing')} />
  `;
}

/** @param {Books} books @param {boolean} isMissing */
function countOf({ rows, read, lacking, isCut }, isMissing) {
  const shown = isMissing
    ? `${plural(rows.length, 'book')} with missing results`
    : plural(rows.length, 'book');
  const all = `${plural(read, 'polled book')} read, ${number(lacking)} with missing results`;
  return isCut
    ? `${shown}. The list is cut: ${all}, and there are others, which are polled later.`
    : `${shown}; ${all}.`;
}
