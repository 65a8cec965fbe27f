import { html } from 'htm/preact';
import { useData } from '../lib/api.js';
import { control } from '../lib/commands.js';
import { number } from '../lib/format.js';
import { ActionButton, Command, post } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Card, Unread } from '../parts/card.js';
import { FaultSwitches } from '../parts/faults.js';
import { NewBook, SendEvent } from '../parts/simulator.js';
import { Table } from '../parts/table.js';

/**
 * @typedef {import('../lib/api.js').Facts} Facts
 * @typedef {import('../lib/api.js').Local} Local
 * @typedef {import('../lib/api.js').SentDelivery} SentDelivery
 */

/** Number of webhooks that are shown. */
const SHOWN = 50;

/** @param {{ facts: Facts, local: Local }} props */
export function Simulate({ facts, local }) {
  const { faults, books, events } = local;
  return html`
    ${
      faults === null
        ? html`<p class="muted">This stack calls another Ocrolus: only its processes can be killed here.</p>`
        : html`
            <div class="halves">
              <div class="column">
                <${NewBook} facts=${facts} />
                <${SendEvent} facts=${facts} events=${events} books=${books} />
              </div>
              <${FaultSwitches} local=${local} faults=${faults} />
            </div>
            <${Sent} local=${local} />
          `
    }
    <${Functions} local=${local} />
  `;
}

/** What Ocrolus has sent, including what has never arrived. @param {{ local: Local }} props */
function Sent({ local }) {
  const { sent, lost, accepted, refused } = local.counts;
  const { data, problem } = useData('ocrolus/deliveries', `${sent} ${lost} ${accepted} ${refused}`);
  const deliveries = /** @type {SentDelivery[] | undefined} */ (data);
  return html`
    <${Card} title="Webhooks that Ocrolus sent, or lost">
      ${
        deliveries === undefined
          ? html`<${Unread} problem=${problem} />`
          : html`<${Table} caption="Webhooks, newest first" columns=${SENT} rows=${deliveries.slice(-SHOWN).reverse()} empty="None yet." />`
      }
      <${Command} text=${control(local, 'GET', '/ocrolus/deliveries')} />
    </${Card}>
  `;
}

/** @type {import('../parts/table.js').Column<SentDelivery>[]} */
const SENT = [
  { label: 'Event', cell: ({ eventName }) => eventName },
  { label: 'Outcome', cell: ({ outcome }) => html`<${Badge} state=${outcome} />` },
  {
    label: 'Answers to its attempts',
    cell: ({ attempts }) =>
      attempts.length === 0 ? null : attempts.map(({ status }) => status ?? 'no answer').join(', '),
  },
  { label: 'Delivery', cell: ({ deliveryId }) => html`<span class="mono">${deliveryId}</span>` },
];

/** @param {{ local: Local }} props */
function Functions({ local }) {
  const command = (/** @type {string} */ name) => control(local, 'POST', '/kill', { function: name });
  /** @type {import('../parts/table.js').Column<Local['functions'][number]>[]} */
  const columns = [
    { label: 'Function', cell: ({ name }) => name },
    { label: 'Busy', isNumber: true, cell: ({ busy }) => number(busy) },
    { label: 'Idle', isNumber: true, cell: ({ idle }) => number(idle) },
    { label: 'Invoked', isNumber: true, cell: ({ done }) => number(done) },
    { label: 'Failed', isNumber: true, cell: ({ failed }) => number(failed) },
    {
      label: 'Kill',
      isAction: true,
      cell: ({ name }) => html`
        <${ActionButton} kind="bad" label=${`Kill ${name}`} command=${command(name)} act=${post('kill', { function: name })}>Kill</${ActionButton}>
      `,
    },
  ];
  return html`
    <${Card} title="Kill a running function">
      <p class="muted">The process ends as if its host had disappeared. Its messages become visible in the queue again.</p>
      <${Table} caption="Functions and their processes" columns=${columns} rows=${local.functions.filter(({ name }) => !name.startsWith('Custom'))} />
      <${Command} text=${command('book-results')} />
    </${Card}>
  `;
}
