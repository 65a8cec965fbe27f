import { html } from 'htm/preact';
import { useData } from '../lib/api.js';
import { number, seconds } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Badge } from './badge.js';
import { Card, Unread } from './card.js';
import { Table } from './table.js';

/** @typedef {NonNullable<import('../lib/api.js').Snapshot['health']>[number]} Problem */

/** Advice, in which each section of the runbook is a link. @param {string} text */
function advice(text) {
  return text
    .split(/(docs\/runbook\.md#[\w-]+)/)
    .map((part, index) =>
      index % 2 === 0 ? part : html`<a href=${linkTo('runbook', part.split('#')[1])}>${part}</a>`,
    );
}

/** @type {import('./table.js').Column<Problem>[]} */
const COLUMNS = [
  { label: 'State', cell: ({ state }) => html`<${Badge} state=${state} />` },
  { label: 'Check', cell: ({ name }) => name },
  { label: 'Found', cell: ({ found, isUnread }) => (isUnread ? `could not be read: ${found}` : found) },
  { label: 'Since (UTC)', cell: ({ since }) => (since === undefined ? null : seconds(since)) },
  { label: 'Count', isNumber: true, cell: ({ count }) => (count === undefined ? null : number(count)) },
  { label: 'What to do', cell: ({ todo }) => (todo === undefined ? null : advice(todo)) },
];

/** What the checks have found, if anything. @param {{ health: readonly Problem[] | undefined }} props */
export function Problems({ health = [] }) {
  const problems = health.filter(({ state }) => state !== 'ok');
  if (problems.length === 0) return null;
  return html`<${Card} title="Problems"><${Table} caption="Problems" columns=${COLUMNS} rows=${problems} /></${Card}>`;
}

/** A section of docs/runbook.md, as it is written. @param {{ section: string }} props */
export function Runbook({ section }) {
  const { data, problem } = useData(`runbook/${encodeURIComponent(section)}`, '');
  if (data === undefined) return html`<${Unread} problem=${problem} />`;
  return html`<pre class="box" tabindex="0" aria-label=${section}>${data}</pre>`;
}
