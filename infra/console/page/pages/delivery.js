import { html } from 'htm/preact';
import { ask, useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { clock, milliseconds, number, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { ActionButton, Command } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Table } from '../parts/table.js';

/**
 * @typedef {import('../lib/api.js').DeliveryPage} Page
 * @typedef {import('../lib/api.js').StoryPage} StoryPage
 * @typedef {import('../lib/api.js').Facts} Facts
 */

/** @param {{ id: string, query: URLSearchParams, version: string, facts: Facts }} props */
export function Delivery({ id, query, version, facts }) {
  const path = `deliveries/${encodeURIComponent(id)}?${query}`;
  const { data, problem } = useData(/** @type {string} */ (path), version);
  if (problem !== undefined) return html`<p class="problem">${problem}</p>`;
  const page = /** @type {Page | StoryPage | undefined} */ (data);
  if (page === undefined) return html`<p class="muted">Loading …</p>`;
  const { record, ledger } = page;
  const local = 'sent' in page ? page : undefined;
  const calls = 'calls' in page ? page.calls : callsOf(page);
  const replay = ops(facts, ...('again' in page ? page.again : ['replay', '--delivery', id]));
  const send = async () => (await ask('POST', 'replay', { deliveryId: id })).message;
  return html`
    <dl class="facts">
      <div><dt>Event</dt><dd>${record?.eventName ?? local?.sent?.eventName ?? 'unknown'}</dd></div>
      <div><dt>State</dt><dd><${Badge} state=${record?.state ?? local?.sent?.outcome ?? 'unknown'} /></dd></div>
      <div><dt>Outcome</dt><dd>${ledger === null ? 'none yet' : words(ledger.outcome)}${ledger?.reason == null ? '' : `: ${ledger.reason}`}</dd></div>
      <div><dt>Book</dt><dd>${record?.bookId == null ? 'none' : html`<a class="mono" href=${linkTo('books', record.bookId)}>${record.bookId}</a>`}</dd></div>
      <div><dt>Queue</dt><dd>${record?.channel ?? '–'}</dd></div>
      ${
        record !== null &&
        'account' in record &&
        html`
          <div><dt>Account</dt><dd>${record.account ?? '–'}</dd></div>
          <div><dt>Received (UTC)</dt><dd>${record.receivedAt === null ? '–' : clock(record.receivedAt)}</dd></div>
        `
      }
      <div><dt>Id</dt><dd class="mono">${id}</dd></div>
    </dl>
    ${
      local !== undefined &&
      html`<section class="card" aria-labelledby="verdict">
      <h2 id="verdict">Signature</h2>
      <p>${local.verdict ?? 'It has not arrived.'}</p>
      <${Table}
        caption="Posts of this delivery"
        columns=${POSTS}
        rows=${local.record?.posts ?? []}
        rowKey=${(/** @type {any} */ post) => String(post.at)}
        empty="No webhook has arrived."
      />
    </section>`
    }
    <section class="card" aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <${Table}
        caption="Attempts of the consumer"
        columns=${ATTEMPTS}
        rows=${record?.attempts ?? []}
        rowKey=${(/** @type {any} */ { requestId, receive, at }) => requestId ?? `${receive} ${at}`}
        empty="No consumer has received it yet."
      />
    </section>
    <section class="card" aria-labelledby="calls">
      <h2 id="calls">Calls to Ocrolus</h2>
      <${Table}
        caption="Calls to Ocrolus"
        columns=${CALLS}
        rows=${calls}
        rowKey=${(/** @type {any} */ call) => `${call.attempt} ${call.at} ${call.call}`}
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
        empty=${ledger !== null && ledger.outcome !== 'retrying' && ledger.written == null ? 'Not recorded.' : 'Nothing.'}
      />
    </section>
    ${
      local !== undefined &&
      html`<section class="card" aria-labelledby="body">
      <h2 id="body">Raw body</h2>
      ${
        local.body === null
          ? html`<p class="empty">None: messages of the poller have no body.</p>`
          : html`<pre tabindex="0" aria-label="Raw body">${local.body}</pre>
              <p class="muted">${number(local.bodyLength ?? 0)} characters, exactly as received.</p>`
      }
    </section>`
    }
    <section class="card" aria-labelledby="again">
      <h2 id="again">Send it again</h2>
      ${local !== undefined && html`<p><${ActionButton} command=${replay} act=${send}>Replay</${ActionButton}></p>`}
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

/** @param {Page} page */
function callsOf({ record }) {
  return (record?.attempts ?? []).flatMap(({ calls, receive, batch }) =>
    calls.map(({ at, method, path, status, ms }) => ({
      ...{ at, ms },
      call: `${method} ${path}`,
      status: status === 0 ? 'no answer' : status,
      attempt: batch > 1 ? `${receive}, with ${batch - 1} more` : receive,
    })),
  );
}

/** @typedef {NonNullable<Page['record']>['attempts'][number] | StoryPage['record']['attempts'][number]} Attempt */

/** @type {import('../parts/table.js').Column<Attempt>[]} */
const ATTEMPTS = [
  { label: 'Attempt', cell: ({ receive }) => receive },
  { label: 'Time (UTC)', cell: ({ at }) => (at === null ? null : clock(at)) },
  { label: 'Result', cell: ({ result }) => html`<${Badge} state=${result ?? 'processing'} />` },
  { label: 'Code', cell: ({ code, result }) => (result === 'done' ? null : (code ?? null)) },
  { label: 'Calls', isNumber: true, cell: (attempt) => ('calls' in attempt ? attempt.calls.length : null) },
  {
    label: 'Next in',
    isNumber: true,
    cell: ({ retrySeconds }) => (retrySeconds == null ? null : `${retrySeconds} s`),
  },
  {
    label: 'Duration',
    isNumber: true,
    cell: (attempt) => ('ms' in attempt ? milliseconds(attempt.ms) : null),
  },
];

/** @type {import('../parts/table.js').Column<ReturnType<typeof callsOf>[number] | StoryPage['calls'][number]>[]} */
const CALLS = [
  { label: 'Time (UTC)', cell: ({ at }) => clock(at) },
  { label: 'Call', cell: ({ call }) => html`<code>${call}</code>` },
  { label: 'Status', isNumber: true, cell: ({ status }) => status },
  { label: 'Attempt', isNumber: true, cell: ({ attempt }) => attempt },
  { label: 'Duration', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
];

/** @param {Page['ledger'] | StoryPage['ledger']} ledger */
function effectsOf(ledger) {
  const { written, alreadyStored, unlisted } = ledger ?? {};
  return [
    ...(written ?? []).map((item) => ({ item, effect: 'written' })),
    ...(alreadyStored ?? []).map((item) => ({ item, effect: 'stored already' })),
    ...(!unlisted ? [] : [{ item: `${unlisted} others`, effect: 'not listed' }]),
  ];
}

/** @type {import('../parts/table.js').Column<ReturnType<typeof effectsOf>[number]>[]} */
const EFFECTS = [
  { label: 'Item', cell: ({ item }) => html`<code>${item}</code>` },
  { label: 'Effect', cell: ({ effect }) => effect },
];
