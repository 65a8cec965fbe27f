import { html } from 'htm/preact';
import { ask } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { clock, milliseconds } from '../lib/format.js';
import { ActionButton, Command } from '../parts/actions.js';
import { Table } from '../parts/table.js';

/** @typedef {import('../lib/api.js').LocalSnapshot} Snapshot */

const SHOWN = 25;

/** @param {{ snapshot: import('../lib/api.js').Snapshot }} props */
export function Poller({ snapshot }) {
  const command = ops(snapshot.facts, 'poll');
  if (snapshot.stage !== null) {
    return html`
      <section class="card" aria-labelledby="now">
        <h2 id="now">Poll now</h2>
        <p class="muted">The poller runs by its schedule. This command runs it now, and hands over every book with missing results.</p>
        <${Command} text=${command} />
        <p class="muted">Its runs are in its log:</p>
        <${Command} text=${ops(snapshot.facts, 'logs', 'poller')} />
      </section>
    `;
  }
  const { facts, poller } = snapshot;
  return html`
    <section class="card" aria-labelledby="now">
      <h2 id="now">Poll now</h2>
      <p class="muted">
        The poller runs every ${facts.pollSeconds} s, reads the list of books and
        hands those that are due over to the consumers. This run hands over every book with missing results.
      </p>
      <p><${ActionButton} kind="main" command=${command} act=${async () => (await ask('POST', 'poll')).message}>Poll now</${ActionButton}></p>
      <${Command} text=${command} />
    </section>
    <section class="card" aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      <${Table}
        caption="Runs of the poller, newest first"
        columns=${COLUMNS}
        rows=${poller.slice(0, SHOWN)}
        rowKey=${(/** @type {any} */ run) => run.requestId}
        empty="It has not run yet."
      />
    </section>
  `;
}

/** @typedef {Snapshot['poller'][number]} Run */

/** @type {(name: 'discovered' | 'polled', label: string) => import('../parts/table.js').Column<Run>} */
const counted = (name, label) => ({ label, isNumber: true, cell: ({ report }) => report?.[name] ?? null });

/** @type {import('../parts/table.js').Column<Run>[]} */
const COLUMNS = [
  { label: 'Started (UTC)', cell: ({ at }) => clock(at) },
  {
    label: 'Result',
    cell: ({ report, error, ms }) =>
      error !== undefined
        ? html`<span class="badge bad">${error}</span>`
        : ms === undefined
          ? html`<span class="badge busy">Running</span>`
          : report?.problems[0] !== undefined
            ? html`<span class="badge warn">List not read: ${report.problems[0].code}</span>`
            : report?.isBehind === true
              ? html`<span class="badge warn">More is due</span>`
              : html`<span class="badge ok">Done</span>`,
  },
  counted('discovered', 'New books'),
  counted('polled', 'Handed over'),
  { label: 'Calls', isNumber: true, cell: ({ calls }) => calls },
  { label: 'Duration', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
];
