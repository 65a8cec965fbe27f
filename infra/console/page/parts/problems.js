import { html } from 'htm/preact';
import { Table } from './table.js';

/** @typedef {NonNullable<import('../lib/api.js').Snapshot['health']>[number]} Problem */

/** @type {import('./table.js').Column<Problem>[]} */
const PROBLEMS = [
  {
    label: 'State',
    cell: ({ state }) => html`<span class=${`badge ${state === 'fail' ? 'bad' : 'warn'}`}>${state}</span>`,
  },
  { label: 'Check', cell: ({ name }) => name },
  { label: 'Found', cell: ({ found, isUnread }) => (isUnread ? `could not be read: ${found}` : found) },
  { label: 'What to do', cell: ({ todo }) => todo ?? null },
];

/** What the checks have found, if anything. @param {{ health: readonly Problem[] | undefined }} props */
export function Problems({ health = [] }) {
  const problems = health.filter(({ state }) => state !== 'ok');
  if (problems.length === 0) return null;
  return html`
    <section class="card" aria-labelledby="problems">
      <h2 id="problems">Problems</h2>
      <${Table} caption="Problems" columns=${PROBLEMS} rows=${problems} rowKey=${(/** @type {Problem} */ { name }) => name} empty="" />
    </section>
  `;
}
