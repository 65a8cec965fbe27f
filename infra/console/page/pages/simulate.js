import { html } from 'htm/preact';
import { ask } from '../lib/api.js';
import { control } from '../lib/commands.js';
import { number } from '../lib/format.js';
import { ActionButton, Command } from '../parts/actions.js';
import { NewBook, SendEvent } from '../parts/book-forms.js';
import { FaultSwitches } from '../parts/faults.js';
import { Table } from '../parts/table.js';

/** @typedef {import('../lib/api.js').LocalSnapshot} Snapshot */

/** @param {{ snapshot: Snapshot }} props */
export function Simulate({ snapshot }) {
  const { facts, faults, books } = snapshot;
  return html`
    ${
      faults === null
        ? html`<p class="empty">This stack calls another Ocrolus: only its processes can be killed here.</p>`
        : html`
            <div class="columns even">
              <div class="column">
                <${NewBook} facts=${facts} />
                <${SendEvent} facts=${facts} books=${books} />
              </div>
              <${FaultSwitches} facts=${facts} faults=${faults} />
            </div>
          `
    }
    <${Functions} snapshot=${snapshot} />
  `;
}

/** @param {{ snapshot: Snapshot }} props */
function Functions({ snapshot: { facts, functions } }) {
  const command = (/** @type {string} */ name) => control(facts, 'POST', '/kill', { function: name });
  /** @type {import('../parts/table.js').Column<Snapshot['functions'][number]>[]} */
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
        <${ActionButton}
          kind="danger"
          label=${`Kill ${name}`}
          command=${command(name)}
          act=${async () => (await ask('POST', 'kill', { function: name })).message}
        >
          Kill
        </${ActionButton}>
      `,
    },
  ];
  return html`
    <section class="card" aria-labelledby="functions">
      <h2 id="functions">Kill a running function</h2>
      <p class="muted">The process ends as if its host had disappeared. Its messages become visible in the queue again.</p>
      <${Table}
        caption="Functions and their processes"
        columns=${columns}
        rows=${functions.filter(({ name }) => !name.startsWith('Custom'))}
        rowKey=${(/** @type {any} */ one) => one.name}
        empty="None."
      />
      <${Command} text=${command('book-results')} />
    </section>
  `;
}
