import { html } from 'htm/preact';
import { duration, number, plural } from '../lib/format.js';
import { linkTo } from '../lib/route.js';

/** @typedef {import('../lib/api.js').LocalSnapshot} Snapshot */

/**
 * @typedef {object} Station
 * @property {string} name
 * @property {string} href
 * @property {number} count
 * @property {string} unit
 * @property {{ text: string, tone?: 'warn' | 'bad' | 'busy' }[]} notes
 * @property {boolean} isBusy
 */

/**
 * Shows the path of a delivery from Ocrolus to the table, and below it the poller, which needs no webhook.
 *
 * @param {{ snapshot: Snapshot, now: number }} props
 */
export function Flow({ snapshot, now }) {
  return html`
    <section class="flow" aria-labelledby="flow-title">
      <h2 id="flow-title" class="unseen">The path of a delivery</h2>
      <ol>
        ${stationsOf(snapshot).map(
          ({ name, href, count, unit, notes, isBusy }) => html`
            <li key=${name} class=${isBusy ? 'is-busy' : ''}>
              <a href=${href}>
                <span class="station">${name}</span>
                <strong>${number(count)}</strong>
                <span class="unit">${unit}</span>
                ${notes.map(({ text, tone }) => html`<span class=${`note ${tone ?? ''}`}>${text}</span>`)}
              </a>
            </li>
          `,
        )}
      </ol>
      <p class="poller-line">${pollerLine(snapshot, now)} <a href=${linkTo('poller')}>All runs</a></p>
    </section>
  `;
}

/** @param {Snapshot} snapshot @returns {Station[]} */
function stationsOf({ counts, functions, table, queues, faults }) {
  const consumers = functions.filter(({ name }) => queues.some(({ channel }) => channel === name));
  const busy = consumers.reduce((sum, one) => sum + one.busy, 0);
  const warm = consumers.reduce((sum, one) => sum + one.idle, 0);
  const { drop, duplicate, delay, reorder } = { ...faults?.deliveries };
  const chances = [drop, duplicate, delay, reorder].filter((chance = 0) => chance > 0);
  const on = (faults?.api.length ?? 0) + chances.length;
  return [
    {
      name: 'Ocrolus',
      href: linkTo('simulate'),
      count: counts.sent,
      unit: counts.sent === 1 ? 'webhook sent' : 'webhooks sent',
      notes: [
        ...(counts.lost > 0
          ? [{ text: `${number(counts.lost)} lost`, tone: /** @type {const} */ ('warn') }]
          : []),
        on > 0 ? { text: plural(on, 'fault'), tone: 'warn' } : { text: 'simulated' },
      ],
      isBusy: false,
    },
    {
      name: 'Webhook',
      href: linkTo('deliveries'),
      count: counts.accepted,
      unit: 'accepted',
      notes: [
        counts.refused > 0
          ? { text: `${number(counts.refused)} refused`, tone: 'bad' }
          : { text: 'none refused' },
      ],
      isBusy: functions.some(({ name, busy: busyCount }) => name === 'webhook' && busyCount > 0),
    },
    {
      name: 'Queues',
      href: linkTo('queues'),
      count: counts.waiting + counts.inFlight,
      unit: 'waiting',
      notes: [counts.dead > 0 ? { text: `${number(counts.dead)} dead`, tone: 'bad' } : { text: 'none dead' }],
      isBusy: counts.waiting > 0,
    },
    {
      name: 'Consumers',
      href: linkTo('deliveries'),
      count: counts.processed,
      unit: 'processed',
      notes: [
        busy > 0 ? { text: `${number(busy)} busy`, tone: 'busy' } : { text: `${number(warm)} idle` },
        ...(counts.failedAttempts > 0
          ? [{ text: plural(counts.failedAttempts, 'retry', 'retries'), tone: /** @type {const} */ ('warn') }]
          : []),
      ],
      isBusy: busy > 0,
    },
    {
      name: 'Table',
      href: linkTo('books'),
      count: table.results,
      unit: table.results === 1 ? 'result stored' : 'results stored',
      notes: [{ text: plural(table.books, 'book') }],
      isBusy: false,
    },
  ];
}

/** @param {Snapshot} snapshot @param {number} now */
function pollerLine({ poller: [last] }, now) {
  const what =
    'The poller hands over every book that is due, to be compared with Ocrolus, so a lost webhook loses nothing.';
  if (last === undefined) return `${what} It has not run yet.`;
  const { report } = last;
  const found = report === undefined ? '' : `: ${plural(report.polled, 'book')} handed over`;
  return `${what} Last run ${duration(Math.max(0, (now - last.at) / 1000))} ago${found}.`;
}
