import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ask, messageOf, useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { clock, milliseconds, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Action, post } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Card, Facts, Unread } from '../parts/card.js';
import { Table } from '../parts/table.js';

/**
 * @typedef {import('../lib/api.js').DeliveryPage} Page
 * @typedef {import('../lib/api.js').Facts} OpsFacts
 */

/** @param {{ id: string, query: URLSearchParams, version: string, facts: OpsFacts }} props */
export function Delivery({ id, query, version, facts }) {
  const path = `deliveries/${encodeURIComponent(id)}`;
  const { data, problem } = useData(`${path}?${query}`, version);
  const page = /** @type {Page | undefined} */ (data);
  if (page === undefined) return html`<${Unread} problem=${problem} />`;
  const { state, outcome, reason, bookId, written, alreadyStored } = page;
  return html`
    <${Facts} facts=${{
      Event: page.eventName ?? 'unknown',
      State: html`<${Badge} state=${state} />`,
      Outcome: outcome === null ? 'none yet' : `${words(outcome)}${reason === null ? '' : `: ${reason}`}`,
      Arrived:
        page.source === 'poll'
          ? 'No webhook: the poller found missing results.'
          : 'Accepted by the webhook, and queued.',
      'Received (UTC)': page.receivedAt && clock(page.receivedAt),
      Book: bookId && html`<a class="mono" href=${linkTo('books', bookId)}>${bookId}</a>`,
      Queue: page.channel,
      Account: page.account,
      Id: html`<span class="mono">${id}</span>`,
    }} />
    <${Card} title="Attempts">
      <${Table} caption="Attempts of the consumer" columns=${ATTEMPTS} rows=${page.attempts} empty="No attempt has ended yet." />
    </${Card}>
    <${Card} title="Calls to Ocrolus">
      <${Table} caption="Calls to Ocrolus" columns=${CALLS} rows=${page.calls} />
    </${Card}>
    <${Card} title="Written to the table">
      <${Table}
        caption="Items written, and results that were stored already"
        columns=${EFFECTS}
        rows=${effectsOf(page)}
        empty=${state === 'processed' && written === null && alreadyStored === null ? 'Not recorded.' : 'Nothing.'}
      />
    </${Card}>
    <${Card} title="Raw body"><${Body} path=${`${path}/body?${query}`} /></${Card}>
    <${Card} title="Send it again">
      <${Action} facts=${facts} command=${ops(facts, ...page.again)} act=${post('replay', { deliveryId: id })}>Replay</${Action}>
    </${Card}>
  `;
}

/** The body, which is read only when it is asked for. @param {{ path: string }} props */
function Body({ path }) {
  const [text, setText] = useState(/** @type {string | undefined} */ (undefined));
  if (text !== undefined)
    return html`<pre class="box" tabindex="0" aria-label="Body of the delivery">${text}</pre>`;
  const show = async () => setText(await ask('GET', path).catch(messageOf));
  return html`<p><button type="button" onClick=${show}>Show the body</button></p>`;
}

/** @type {import('../parts/table.js').Column<Page['attempts'][number]>[]} */
const ATTEMPTS = [
  { label: 'Attempt', cell: ({ attempt }) => attempt },
  { label: 'Time (UTC)', cell: ({ at }) => at && clock(at) },
  { label: 'Ended', cell: ({ code }) => html`<${Badge} state=${code} />` },
  {
    label: 'Next after',
    isNumber: true,
    cell: ({ retryAfterSeconds: seconds }) => (seconds === null ? null : `${seconds} s`),
  },
];

/** @type {import('../parts/table.js').Column<Page['calls'][number]>[]} */
const CALLS = [
  { label: 'Time (UTC)', cell: ({ at }) => clock(at) },
  { label: 'Call', cell: ({ operation }) => html`<code>${operation}</code>` },
  { label: 'Answer', cell: ({ answer }) => answer },
  { label: 'Code', cell: ({ code }) => code },
  { label: 'Duration', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
];

/** @param {Page} page */
function effectsOf({ written, alreadyStored, unlisted }) {
  return [
    ...(written ?? []).map((item) => ({ item, effect: 'written' })),
    ...(alreadyStored ?? []).map((item) => ({ item, effect: 'stored already' })),
    ...(unlisted === 0 ? [] : [{ item: `${unlisted} others`, effect: 'not listed' }]),
  ];
}

/** @type {import('../parts/table.js').Column<ReturnType<typeof effectsOf>[number]>[]} */
const EFFECTS = [
  { label: 'Item', cell: ({ item }) => html`<code>${item}</code>` },
  { label: 'Effect', cell: ({ effect }) => effect },
];
