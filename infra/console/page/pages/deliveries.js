import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { useData } from '../lib/api.js';
import { plural, seconds } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { DeliveryTable } from '../parts/delivery-table.js';

/**
 * A filter: words to type, or a choice of values with their labels.
 *
 * @typedef {{ name: string, label: string, example?: string, values?: readonly (readonly [value: string, label: string])[] }} Field
 */

const OUTCOMES = ['applied', 'unchanged', 'stale', 'waiting', 'unrecognized'];
const STATES = ['queued', 'processing', 'retrying', 'dead', 'refused', 'lost', 'done', ...OUTCOMES];
const choices = (/** @type {string[]} */ words) => words.map((word) => /** @type {const} */ ([word, word]));

/** @type {Field[]} */
const LOCAL = [
  { name: 'event', label: 'Event', example: 'book.verified' },
  { name: 'book', label: 'Book', example: 'uuid or part of it' },
  { name: 'state', label: 'State', values: choices(STATES) },
  {
    name: 'source',
    label: 'Source',
    values: [
      ['webhook', 'webhook'],
      ['poll', 'poller'],
      ['ocrolus', 'never arrived'],
    ],
  },
];

/** @type {Field[]} */
const OF_STAGE = [
  { name: 'since', label: 'From (UTC)', example: '1h' },
  { name: 'until', label: 'Until (UTC)', example: 'now, 2h or 2026-03-02T08:00' },
  { name: 'event', label: 'Event', example: 'BOOK_VERIFIED' },
  { name: 'book', label: 'Book', example: 'uuid or pk-123' },
  { name: 'account', label: 'Account', example: 'default' },
  { name: 'outcome', label: 'Outcome', values: choices(['retrying', ...OUTCOMES, 'refused', 'expired']) },
];

/** @param {{ isStage: boolean, version: string, query: URLSearchParams }} props */
export function Deliveries({ isStage, version, query }) {
  const fields = isStage ? OF_STAGE : LOCAL;
  const address = query.toString();
  const read = () => Object.fromEntries(fields.map(({ name }) => [name, query.get(name) ?? '']));
  const [filter, setFilter] = useState(read);
  const [searches, setSearches] = useState(0);
  useEffect(() => setFilter(read()), [address]);
  const search = (/** @type {Record<string, string>} */ wanted) => {
    setSearches(searches + 1);
    location.hash = linkTo('deliveries', null, wanted);
  };
  const { data, problem } = useData(
    /** @type {string} */ (`deliveries?${address}`),
    `${version} ${searches}`,
  );
  return html`
    <form class="fields filters" role="search" aria-label="Filter deliveries" onSubmit=${(
      /** @type {Event} */ event,
    ) => {
      event.preventDefault();
      search(filter);
    }}>
      ${fields.map(
        ({ name, label, example, values }) => html`
          <label key=${name}>
            ${label}
            ${
              values === undefined
                ? html`<input type="search" value=${filter[name]} placeholder=${example} onInput=${(/** @type {any} */ { target }) => setFilter({ ...filter, [name]: target.value })} />`
                : html`
                    <select value=${filter[name]} onChange=${(/** @type {any} */ { target }) => search({ ...filter, [name]: target.value })}>
                      <option value="">any</option>
                      ${values.map(([value, text]) => html`<option value=${value}>${text}</option>`)}
                    </select>
                  `
            }
          </label>
        `,
      )}
      <button type="submit">Search</button>
    </form>
    ${problem !== undefined && html`<p class="problem">${problem}</p>`}
    ${data === undefined ? problem === undefined && html`<p class="muted">Loading …</p>` : html`<${Found} found=${data} filter=${filter} />`}
  `;
}

/**
 * @param {{ found: { total: number, rows: import('../lib/api.js').DeliveryRow[] } & Partial<import('../lib/api.js').StageDeliveries>, filter: Record<string, string> }} props
 */
function Found({ found: { total, rows, from, to, indexedSince, older }, filter }) {
  const range = from === undefined || to === undefined ? '' : ` from ${seconds(from)} to ${seconds(to)} UTC`;
  return html`
    <p class="muted">${plural(total, 'delivery', 'deliveries')}${range}${total > rows.length ? `, the latest ${rows.length} are shown` : ''}</p>
    ${indexedSince != null && html`<p class="problem">Deliveries before ${indexedSince} are not in the index, and left out; “ops deliveries --scan” finds them.</p>`}
    <${DeliveryTable} rows=${rows} empty="No delivery matches." />
    ${older != null && html`<p><a href=${linkTo('deliveries', null, { ...filter, since: from ?? '', until: older })}>Older</a></p>`}
  `;
}
