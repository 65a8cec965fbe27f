import { html } from 'htm/preact';
import { ops } from '../lib/commands.js';
import { number, seconds } from '../lib/format.js';
import { Action, Command, post } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Card } from '../parts/card.js';
import { Table } from '../parts/table.js';

/** @param {{ snapshot: import('../lib/api.js').Snapshot }} props */
export function Poller({ snapshot: { facts, local, poller } }) {
  return html`
    <${Card} title="Poll now">
      <p class="muted">
        The poller runs ${local ? `every ${local.pollSeconds} s` : 'by its schedule'}, reads the list of books and hands those that are due over
        to the consumers. This run hands over every book with missing results.
      </p>
      <${Action} facts=${facts} kind="main" command=${ops(facts, 'poll')} act=${post('poll')}>Poll now</${Action}>
    </${Card}>
    <${Card} title="Backfill">
      <p class="muted">Makes books of the last 90 days due, at the pace of the rate limit: those that are not stored, and those not compared for a day.</p>
      <${Action} facts=${facts} command=${ops(facts, 'backfill', '--from', '90d')} act=${post('backfill')}>Backfill</${Action}>
    </${Card}>
    <${Card} title="Runs of the last hour">
      <${Table} caption="Runs of the poller, newest first" columns=${COLUMNS} rows=${poller ?? []} empty=${poller === undefined ? 'Its log could not be read.' : 'It has not run.'} />
      <${Command} text=${ops(facts, 'logs', 'poller')} />
    </${Card}>
  `;
}

/** @type {import('../parts/table.js').Column<NonNullable<import('../lib/api.js').Snapshot['poller']>[number]>[]} */
const COLUMNS = [
  { label: 'Ended (UTC)', cell: ({ at }) => seconds(at) },
  {
    label: 'Result',
    cell: ({ problems, isBehind }) => {
      if (problems.length > 0)
        return html`<${Badge} state="failed" text=${`List not read: ${problems.join(', ')}`} />`;
      return isBehind
        ? html`<${Badge} state="behind" text="More is due" />`
        : html`<${Badge} state="done" />`;
    },
  },
  { label: 'New books', isNumber: true, cell: ({ discovered }) => number(discovered) },
  { label: 'Handed over', isNumber: true, cell: ({ polled }) => number(polled) },
];
