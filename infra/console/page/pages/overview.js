import { html } from 'htm/preact';
import { ops } from '../lib/commands.js';
import { number, seconds } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Command } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Card } from '../parts/card.js';
import { Charts } from '../parts/charts.js';
import { DeliveryTable } from '../parts/delivery-table.js';
import { Flow } from '../parts/flow.js';
import { Problems } from '../parts/problems.js';
import { NewBook } from '../parts/simulator.js';
import { Table } from '../parts/table.js';
import { BookTable } from './books.js';
import { QueueTable } from './queues.js';

/**
 * @typedef {import('../lib/api.js').Snapshot} Snapshot
 * @typedef {NonNullable<Snapshot['alarms']>[number]} Alarm
 */

/** @param {{ snapshot: Snapshot, query: URLSearchParams, now: number }} props */
export function Overview({ snapshot, query, now }) {
  const { facts, local, health, queues, deliveries, books, alarms } = snapshot;
  return html`
    <${Problems} health=${health} />
    ${!local && queues && html`<${Card} title="Queues"><${QueueTable} queues=${queues} /></${Card}>`}
    ${local && html`<${Flow} snapshot=${snapshot} local=${local} now=${now} />`}
    <${Charts} facts=${facts} query=${query} now=${now} />
    <div class=${local ? 'columns' : 'column'}>
      ${
        deliveries &&
        html`
          <${Card} title=${`Deliveries of the last hour: ${number(deliveries.total)}`}>
            <${DeliveryTable} isShort rows=${deliveries.rows} empty="None. A delivery is here once it is processed, or has failed." />
            <p><a href=${linkTo('deliveries')}>All deliveries</a></p>
          </${Card}>
        `
      }
      ${local?.faults && html`<${NewBook} facts=${facts} />`}
    </div>
    ${
      books &&
      html`
        <${Card} title="Books">
          <${BookTable} rows=${books.rows} local=${local} />
          <p><a href=${linkTo('books')}>All books</a></p>
        </${Card}>
      `
    }
    ${
      alarms &&
      html`
        <${Card} title="Alarms">
          <${Table} caption="Alarms that are not OK" columns=${ALARMS} rows=${alarms} empty="All are OK." />
          <${Command} text=${ops(facts, 'alarms')} />
        </${Card}>
      `
    }
  `;
}

/** @type {import('../parts/table.js').Column<Alarm>[]} */
const ALARMS = [
  { label: 'Alarm', cell: ({ name }) => name },
  { label: 'State', cell: ({ state }) => html`<${Badge} state=${state} />` },
  { label: 'Since (UTC)', cell: ({ since }) => (since === null ? null : seconds(since)) },
  { label: 'What', cell: ({ description }) => description },
];
