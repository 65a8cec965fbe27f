import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ask } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { linkTo } from '../lib/route.js';
import { ActionButton, Command } from './actions.js';

/** @param {{ facts: import('../lib/types.js').Snapshot['facts'] }} props */
export function NewBook({ facts }) {
  const [documents, setDocuments] = useState(3);
  const [rows, setRows] = useState(90);
  const [isWhole, setWhole] = useState(true);
  const command = ops(facts, 'trigger', 'book', '--documents', documents, '--rows', rows);
  const create = async () => {
    const book = await ask('POST', 'ocrolus/books', { documents, rows, ...(isWhole && { steps: 'all' }) });
    location.hash = linkTo('books', book.uuid);
    return `Created “${book.name}”${isWhole ? '; Ocrolus takes it through all steps' : ''}.`;
  };
  return html`
    <section class="card" aria-labelledby="new-book">
      <h2 id="new-book">New book</h2>
      <p class="muted">The simulated Ocrolus classifies and verifies it, and announces each step with a webhook.</p>
      <div class="fields">
        <label>
          Documents
          <input type="number" min="1" max="500" value=${documents} onInput=${(/** @type {any} */ event) => setDocuments(Number(event.target.value))} />
        </label>
        <label>
          Rows
          <input type="number" min="0" max="1000000" value=${rows} onInput=${(/** @type {any} */ event) => setRows(Number(event.target.value))} />
        </label>
        <label class="check">
          <input type="checkbox" checked=${isWhole} onChange=${(/** @type {any} */ event) => setWhole(event.target.checked)} />
          Run all steps
        </label>
      </div>
      <p><${ActionButton} kind="main" command=${command} act=${create}>Create book</${ActionButton}></p>
      <${Command} text=${command} />
    </section>
  `;
}
