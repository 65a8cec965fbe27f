import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ask } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { ActionButton, Command } from './actions.js';

/**
 * @param {{ facts: import('../lib/types.js').Snapshot['facts'], books: readonly { uuid: string, name: string }[] }} props
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
