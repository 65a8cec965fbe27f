import { html } from 'htm/preact';
import { ask, useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { clock, milliseconds, number, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { ActionButton, Command } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Table } from '../parts/table.js';

/** @typedef {import('../lib/api.js').DeliveryPage} Page */

/** @param {{ id: string, version: string, facts: import('../lib/api.js').Snapshot['facts'] }} props */
export function Delivery({ id, version, facts }) {
  const { data, problem } = useData(/** @type {string} */ (`deliveries/${encodeURIComponent(id)}`), version);
  if (problem !== undefined) return html`<p class="problem">${problem}</p>`;
  const page = /** @type {Page | undefined} */ (data);
  if (page === undefined) return html`<p class="muted">Loading …</p>`;
  const { record, sent, verdict, ledger } = page;
  const replay = ops(facts, 'replay', '--delivery', id);
  const send = async () => (await ask('POST', 'replay', { deliveryId: id })).message;
  return html`
    <dl class="facts">
      <div><dt>Event</dt><dd>${record?.eventName ?? sent?.eventName ?? 'unknown'}</dd></div>
      <div><dt>State</dt><dd><${Badge} state=${record?.state ?? sent?.outcome ?? 'unknown'} /></dd></div>
      <div><dt>Outcome</dt><dd>${ledger === null ? 'none yet' : words(ledger.outcome)}${ledger?.reason === undefined ? '' : `: ${ledger.reason}`}</dd></div>
      <div><dt>Book</dt><dd>${record?.bookId === undefined ? 'none' : html`<a class="mono" href=${linkTo('books', record.bookId)}>${record.bookId}</a>`}</dd></div>
      <div><dt>Queue</dt><dd>${record?.channel ?? '–'}</dd></div>
      <div><dt>Id</dt><dd class="mono">${id}</dd></div>
    </dl>
    <section class="card" aria-labelledby="verdict">
      <h2 id="verdict">Signature</h2>
      <p>${verdict ?? 'It has not arrived.'}</p>
      <${Table}
        caption="Posts of this delivery"
        columns=${POSTS}
        rows=${record?.posts ?? []}
        rowKey=${(/** @type {any} */ post) => String(post.at)}
        empty="No webhook has arrived."
      />
    </section>
    <section class="card" aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <${Table}
        caption="Attempts of the consumer"
        columns=${ATTEMPTS}
        rows=${record?.attempts ?? []}
        rowKey=${(/** @type {any} */ attempt) => attempt.requestId}
        empty="No consumer has received it yet."
      />
    </section>
    <section class="card" aria-labelledby="calls">
      <h2 id="calls">Calls to Ocrolus</h2>
      <${Table}
        caption="Calls to Ocrolus"
        columns=${CALLS}
        rows=${(record?.attempts ?? []).flatMap(({ calls, receive, batch }) => calls.map((call) => ({ ...call, receive, batch })))}
        rowKey=${(/** @type {any} */ call) => `${call.receive} ${call.at} ${call.path}`}
        empty="None."
      />
    </section>
    <section class="card" aria-labelledby="written">
      <h2 id="written">Written to the table</h2>
      <${Table}
        caption="Items written, and results that were stored already"
        columns=${EFFECTS}
        rows=${effectsOf(ledger)}
        rowKey=${(/** @type {any} */ one) => `${one.effect} ${one.item}`}
        empty=${ledger !== null && ledger.outcome !== 'retrying' && ledger.written === undefined ? 'Not recorded.' : 'Nothing.'}
      />
    </section>
    <section class="card" aria-labelledby="body">
      <h2 id="body">Raw body</h2>
      ${
        page.body === null
          ? html`<p class="empty">None: messages of the poller have no body.</p>`
          : html`<pre tabindex="0" aria-label="Raw body">${page.body}</pre>
              <p class="muted">${number(page.bodyLength ?? 0)} characters, exactly as received.</p>`
      }
    </section>
    <section class="card" aria-labelledby="again">
      <h2 id="again">Send it again</h2>
      <p><${ActionButton} command=${replay} act=${send}>Replay</${ActionButton}></p>
      <${Command} text=${replay} />
    </section>
  `;
}

/** @type {import('../parts/table.js').Column<NonNullable<Page['record']>['posts'][number]>[]} */
const POSTS = [
  { label: 'Time (UTC)', cell: ({ at }) => clock(at) },
  { label: 'Answer', cell: ({ status }) => status },
  { label: 'Why', cell: ({ reason }) => reason ?? null },
  { label: 'Duration', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
];

/** @type {import('../parts/table.js').Column<NonNullable<Page['record']>['attempts'][number]>[]} */
const ATTEMPTS = [
  { label: 'Attempt', cell: ({ receive }) => receive },
  { label: 'Time (UTC)', cell: ({ at }) => clock(at) },
  { label: 'Result', cell: ({ result }) => html`<${Badge} state=${result ?? 'processing'} />` },
  { label: 'Code', cell: ({ code, result }) => (result === 'done' ? null : (code ?? null)) },
  { label: 'Calls', isNumber: true, cell: ({ calls }) => calls.length },
  {
    label: 'Next in',
    isNumber: true,
    cell: ({ retrySeconds }) => (retrySeconds === undefined ? null : `${retrySeconds} s`),
  },
  { label: 'Duration', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
];

/** @type {import('../parts/table.js').Column<{ at: number, method: string, path: string, status: number, ms: number, receive: number, batch: number }>[]} */
const CALLS = [
  { label: 'Time (UTC)', cell: ({ at }) => clock(at) },
  { label: 'Call', cell: ({ method, path }) => html`<code>${method} ${path}</code>` },
  { label: 'Status', isNumber: true, cell: ({ status }) => (status === 0 ? 'no answer' : status) },
  {
    label: 'Attempt',
    isNumber: true,
    cell: ({ receive, batch }) => (batch > 1 ? `${receive}, with ${batch - 1} more` : receive),
  },
  { label: 'Duration', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
];

/** @param {Page['ledger']} ledger */
function effectsOf(ledger) {
  const { written = [], alreadyStored = [], unlisted } = ledger ?? {};
  return [
    ...written.map((item) => ({ item, effect: 'written' })),
    ...alreadyStored.map((item) => ({ item, effect: 'stored already' })),
    ...(unlisted === undefined ? [] : [{ item: `${unlisted} others`, effect: 'not listed' }]),
  ];
}

/** @type {import('../parts/table.js').Column<ReturnType<typeof effectsOf>[number]>[]} */
const EFFECTS = [
  { label: 'Item', cell: ({ item }) => html`<code>${item}</code>` },
  { label: 'Effect', cell: ({ effect }) => effect },
];
