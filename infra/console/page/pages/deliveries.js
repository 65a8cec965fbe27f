import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { useData } from '../lib/api.js';
import { plural } from '../lib/format.js';
import { DeliveryTable } from '../parts/delivery-table.js';

const STATES = [
  'queued',
  'processing',
  'retrying',
  'dead',
  'refused',
  'lost',
  'done',
  'applied',
  'unchanged',
  'stale',
  'waiting',
  'unrecognized',
];

/** @param {{ version: string, query: URLSearchParams }} props */
export function Deliveries({ version, query }) {
  const [filter, setFilter] = useState({
    event: query.get('event') ?? '',
    book: query.get('book') ?? '',
    state: query.get('state') ?? '',
    source: query.get('source') ?? '',
  });
  const set = (/** @type {keyof typeof filter} */ name) => (/** @type {any} */ event) =>
    setFilter({ ...filter, [name]: event.target.value });
  const { data, problem } = useData(
    /** @type {string} */ (`deliveries?${new URLSearchParams(filter)}`),
    version,
  );
  const found = /** @type {{ total: number, rows: import('../lib/api.js').DeliveryRow[] } | undefined} */ (
    data
  );
  return html`
    <form class="fields filters" role="search" aria-label="Filter deliveries" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label>Event <input type="search" value=${filter.event} placeholder="book.verified" onInput=${set('event')} /></label>
      <label>Book <input type="search" value=${filter.book} placeholder="uuid or part of it" onInput=${set('book')} /></label>
      <label>
        State
        <select value=${filter.state} onChange=${set('state')}>
          <option value="">any</option>
          ${STATES.map((state) => html`<option value=${state}>${state}</option>`)}
        </select>
      </label>
      <label>
        Source
        <select value=${filter.source} onChange=${set('source')}>
          <option value="">any</option>
          <option value="webhook">webhook</option>
          <option value="poll">poller</option>
          <option value="ocrolus">never arrived</option>
        </select>
      </label>
    </form>
    ${problem !== undefined && html`<p class="problem">${problem}</p>`}
    ${
      found !== undefined &&
      html`
        <p class="muted">${plural(found.total, 'delivery', 'deliveries')}${found.total > found.rows.length ? `, the latest ${found.rows.length} are shown` : ''}</p>
        <${DeliveryTable} rows=${found.rows} empty="No delivery matches." />
      `
    }
  `;
}
