import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ask } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { linkTo } from '../lib/route.js';
import { ActionButton, Command } from './actions.js';

/** @param {{ facts: import('../lib/api.js').LocalFacts }} props */
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

/**
 * @param {{ facts: import('../lib/api.js').LocalFacts, books: readonly { uuid: string, name: string }[] }} props
 */
export function SendEvent({ facts, books }) {
  const [event, setEvent] = useState(facts.events[0] ?? '');
  const [chosen, setBook] = useState('');
  const book = books.find(({ uuid }) => uuid === chosen) ?? books[0];
  if (book === undefined) return null;
  const command = ops(facts, 'send', event, '--book', book.uuid);
  const send = async () => {
    await ask('POST', `ocrolus/books/${book.uuid}/events`, { event });
    return `${event} sent about “${book.name}”.`;
  };
  return html`
    <section class="card" aria-labelledby="send-event">
      <h2 id="send-event">Send an event</h2>
      <p class="muted">Sends any event of the catalog. The book itself does not change.</p>
      <div class="fields">
        <label>
          Event
          <select value=${event} onChange=${(/** @type {any} */ { target }) => setEvent(target.value)}>
            ${facts.events.map((name) => html`<option value=${name}>${name}</option>`)}
          </select>
        </label>
        ${
          books.length > 1 &&
          html`
            <label>
              Book
              <select value=${book.uuid} onChange=${(/** @type {any} */ { target }) => setBook(target.value)}>
                ${books.map(({ uuid, name }) => html`<option value=${uuid}>${name}</option>`)}
              </select>
            </label>
          `
        }
      </div>
      <p><${ActionButton} command=${command} act=${send}>Send the event</${ActionButton}></p>
      <${Command} text=${command} />
    </section>
  `;
}
