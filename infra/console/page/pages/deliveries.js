import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { useData } from '../lib/api.js';
import { plural, seconds } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Unread } from '../parts/card.js';
import { DeliveryTable } from '../parts/delivery-table.js';

/** Words to type, with an example. */
const TYPED = [
  ['since', 'From (UTC)', '1h'],
  ['until', 'Until (UTC)', '2h or 2026-03-02T08:00'],
  ['event', 'Event', 'BOOK_VERIFIED'],
  ['book', 'Book', 'uuid or pk-123'],
  ['account', 'Account', 'default'],
];

/** Values to choose. */
const CHOSEN = [
  ['outcome', 'Outcome', 'retrying applied unchanged stale waiting unrecognized refused expired'],
  ['source', 'Source', 'webhook poll'],
];

/** @param {{ version: string, query: URLSearchParams }} props */
export function Deliveries({ version, query }) {
  const [searches, setSearches] = useState(0);
  const search = (/** @type {HTMLFormElement} */ form) => {
    const fields = /** @type {[string, string][]} */ ([...new FormData(form)]);
    setSearches(searches + 1);
    location.hash = linkTo('deliveries', null, Object.fromEntries(fields));
  };
  const { data, problem } = useData(`deliveries?${query}`, `${version} ${searches}`);
  return html`
    <form key=${query.toString()} class="fields" role="search" aria-label="Filter deliveries" onSubmit=${(
      /** @type {any} */ event,
    ) => {
      event.preventDefault();
      search(event.currentTarget);
    }}>
      ${TYPED.map(
        ([name = '', label, example]) => html`
          <label>
            ${label} <input type="search" name=${name} defaultValue=${query.get(name) ?? ''} placeholder=${example} />
          </label>
        `,
      )}
      ${CHOSEN.map(
        ([name = '', label, values = '']) => html`
          <label>
            ${label}
            <select name=${name} value=${query.get(name) ?? ''} onChange=${(/** @type {any} */ { target }) => search(target.form)}>
              <option value="">any</option>
              ${values.split(' ').map((value) => html`<option value=${value}>${value}</option>`)}
            </select>
          </label>
        `,
      )}
      <button type="submit">Search</button>
    </form>
    ${data === undefined ? html`<${Unread} problem=${problem} />` : html`<${Found} found=${data} query=${query} />`}
  `;
}

/** @param {{ found: import('../lib/api.js').Deliveries, query: URLSearchParams }} props */
function Found({ found: { total, rows, from, to, indexedSince, older }, query }) {
  const olderPage = { ...Object.fromEntries(query), since: from, until: older ?? '' };
  return html`
    <p class="muted">${plural(total, 'delivery', 'deliveries')} from ${seconds(from)} to ${seconds(to)} UTC${total > rows.length && `, the latest ${rows.length} are shown`}</p>
    ${indexedSince !== null && html`<p class="problem">Deliveries before ${indexedSince} are not in the index, and left out; “ops deliveries --scan” finds them.</p>`}
    <${DeliveryTable} rows=${rows} empty="No delivery matches. One that waits is counted under “Queues”; an earlier “From” finds older ones." />
    ${older !== null && html`<p><a href=${linkTo('deliveries', null, olderPage)}>Older</a></p>`}
  `;
}
