import { html } from 'htm/preact';
import { duration, number, plural } from '../lib/format.js';
import { linkTo } from '../lib/route.js';

/**
 * @typedef {import('../lib/api.js').Snapshot} Snapshot
 * @typedef {import('../lib/api.js').Local} Local
 */

/**
 * Shows the path of a delivery from Ocrolus to the table, and below it the poller, which needs no webhook.
 *
 * @param {{ snapshot: Snapshot, local: Local, now: number }} props
 */
export function Flow({ snapshot, local, now }) {
  const { counts, queues = [], books } = snapshot;
  const { counts: done, functions, faults } = local;
  const isConsumer = (/** @type {string} */ name) => queues.some(({ channel }) => channel === name);
  const consumers = functions.filter(({ name }) => isConsumer(name));
  const busy = consumers.reduce((sum, one) => sum + one.busy, 0);
  const warm = consumers.reduce((sum, one) => sum + one.idle, 0);
  const isReceiving = functions.some(({ name, busy: running }) => name === 'webhook' && running > 0);
  const { maxDelayMs: _, ...chances } = faults?.deliveries ?? {};
  const on = (faults?.api.length ?? 0) + Object.values(chances).filter((chance = 0) => chance > 0).length;
  return html`
    <section class="card flow" aria-label="The path of a delivery">
      <ol>
        <${Station} name="Ocrolus" page="simulate" count=${done.sent} unit=${done.sent === 1 ? 'webhook sent' : 'webhooks sent'}>
          ${done.lost > 0 && html`<span class="warn">${number(done.lost)} lost</span>`}
          ${on > 0 ? html`<span class="warn">${plural(on, 'fault')}</span>` : 'simulated'}
        </${Station}>
        <${Station} name="Webhook" page="deliveries" count=${done.accepted} unit="accepted" isBusy=${isReceiving}>
          ${done.refused > 0 ? html`<span class="bad">${number(done.refused)} refused</span>` : 'none refused'}
        </${Station}>
        <${Station} name="Queues" page="queues" count=${counts.waiting + counts.inFlight} unit="waiting" isBusy=${counts.waiting > 0}>
          ${counts.dead > 0 ? html`<span class="bad">${number(counts.dead)} dead</span>` : 'none dead'}
        </${Station}>
        <${Station} name="Consumers" page="deliveries" count=${done.processed} unit="processed" isBusy=${busy > 0}>
          ${busy > 0 ? html`<span class="busy">${number(busy)} busy</span>` : `${number(warm)} idle`}
          ${done.retries > 0 && html`<span class="warn">${plural(done.retries, 'retry', 'retries')}</span>`}
        </${Station}>
        <${Station} name="Table" page="books" count=${done.results} unit=${done.results === 1 ? 'result stored' : 'results stored'}>
          ${plural(books?.read ?? 0, 'book')}
          ${done.published > 0 && html`<span>${plural(done.published, 'event')} published</span>`}
        </${Station}>
      </ol>
      <p class="muted">${pollerLine(snapshot, now)} <a href=${linkTo('poller')}>All runs</a></p>
    </section>
  `;
}

/** @param {{ name: string, page: string, count: number, unit: string, isBusy?: boolean, children: unknown }} props */
function Station({ name, page, count, unit, isBusy = false, children }) {
  return html`
    <li>
      <a class=${`box ${isBusy ? 'is-busy' : ''}`} href=${linkTo(page)}>
        ${name}
        <strong>${number(count)}</strong>
        <span class="small muted">${unit}</span>
        <span class="small muted">${children}</span>
      </a>
    </li>
  `;
}

/** @param {Snapshot} snapshot @param {number} now */
function pollerLine({ poller: [last] = [] }, now) {
  const what =
    'The poller hands over every book that is due, to be compared with Ocrolus, so a lost webhook loses nothing.';
  if (last === undefined) return `${what} It has not run yet.`;
  const ago = duration(Math.max(0, (now - Date.parse(last.at)) / 1000));
  return `${what} Last run ${ago} ago: ${plural(last.polled, 'book')} handed over.`;
}
