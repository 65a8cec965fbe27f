import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ask } from '../lib/api.js';
import { control, ops } from '../lib/commands.js';
import { words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Action, ActionButton, Command } from './actions.js';
import { Card } from './card.js';

/**
 * What the simulated Ocrolus can be asked to do.
 *
 * @typedef {import('../lib/api.js').Facts} Facts
 * @typedef {import('../lib/api.js').Local} Local
 */

/** @param {{ label: string, value: number, max: number, set: (value: number) => void }} props */
function NumberField({ label, value, max, set }) {
  return html`
    <label>
      ${label}
      <input type="number" min="0" max=${max} value=${value} onInput=${(/** @type {any} */ { target }) => set(Number(target.value))} />
    </label>
  `;
}

/** @param {{ facts: Facts }} props */
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
    <${Card} title="New book">
      <p class="muted">The simulated Ocrolus classifies and verifies it, and announces each step with a webhook.</p>
      <div class="fields">
        <${NumberField} label="Documents" value=${documents} max=${500} set=${setDocuments} />
        <${NumberField} label="Rows" value=${rows} max=${1_000_000} set=${setRows} />
        <label class="row check">
          <input type="checkbox" checked=${isWhole} onChange=${(/** @type {any} */ { target }) => setWhole(target.checked)} />
          Run all steps
        </label>
      </div>
      <${Action} facts=${facts} kind="main" command=${command} act=${create}>Create book</${Action}>
    </${Card}>
  `;
}

/** @param {{ facts: Facts, events: Local['events'], books: readonly { uuid: string, name: string }[] }} props */
export function SendEvent({ facts, events, books }) {
  const [event, setEvent] = useState(/** @type {string} */ (events[0] ?? ''));
  const [chosen, setBook] = useState('');
  const book = books.find(({ uuid }) => uuid === chosen) ?? books[0];
  if (book === undefined) return null;
  const command = ops(facts, 'send', event, '--book', book.uuid);
  const send = async () => {
    await ask('POST', `ocrolus/books/${book.uuid}/events`, { event });
    return `${event} sent about “${book.name}”.`;
  };
  return html`
    <${Card} title="Send an event">
      <p class="muted">Sends any event of the catalog. The book itself does not change.</p>
      <div class="fields">
        <label>
          Event
          <select value=${event} onChange=${(/** @type {any} */ { target }) => setEvent(target.value)}>
            ${events.map((name) => html`<option value=${name}>${name}</option>`)}
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
      <${Action} facts=${facts} command=${command} act=${send}>Send the event</${Action}>
    </${Card}>
  `;
}

/** @param {{ book: import('../lib/api.js').SimulatedBook, local: Local }} props */
export function Advance({ book: { uuid, next }, local }) {
  if (next === null)
    return html`<p class="muted">This book is finished. You can still send events below.</p>`;
  const path = `/ocrolus/books/${uuid}/advance`;
  const button = (/** @type {string} */ text, /** @type {object | undefined} */ body) => html`
    <${ActionButton} kind=${body ? 'plain' : 'main'} command=${control(local, 'POST', path, body)} act=${async () => {
      const { step } = await ask('POST', path.slice(1), body ?? {});
      return step === null ? 'The book was finished already.' : `${words(step)}: done and announced.`;
    }}>${text}</${ActionButton}>
  `;
  return html`
    <${Card} title="Advance the book">
      <p class="row">${button(words(next), undefined)} ${button('All steps', { steps: 'all' })}</p>
      <${Command} text=${control(local, 'POST', path)} />
    </${Card}>
  `;
}
