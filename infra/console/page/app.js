import { html, render } from 'htm/preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { NO_ANSWER } from './lib/api.js';
import { short } from './lib/format.js';
import { KEYS, useKeyboard } from './lib/keyboard.js';
import { useLive } from './lib/live.js';
import { linkTo, useRoute } from './lib/route.js';
import { Book } from './pages/book.js';
import { BooksPage } from './pages/books.js';
import { Deliveries } from './pages/deliveries.js';
import { Delivery } from './pages/delivery.js';
import { Overview } from './pages/overview.js';
import { Poller } from './pages/poller.js';
import { Queues } from './pages/queues.js';
import { Registration } from './pages/registration.js';
import { Simulate } from './pages/simulate.js';
import { ReportPlace, Reports } from './parts/actions.js';
import { Runbook } from './parts/problems.js';

/**
 * @typedef {import('./lib/api.js').Snapshot} Snapshot
 * @typedef {import('./lib/route.js').Route} Route
 * @typedef {import('./parts/actions.js').Report} Report
 */

const PAGES = [
  ['', 'Overview'],
  ['deliveries', 'Deliveries'],
  ['books', 'Books'],
  ['queues', 'Queues'],
  ['poller', 'Poller'],
  ['registration', 'Registration'],
  ['simulate', 'Simulate'],
];

/** Headline while nothing is heard of the stack. */
const UNKNOWN = { tone: 'warn', text: `This is the last known state. ${NO_ANSWER}` };

/** Minimum time between two announcements of the state to a screen reader. */
const ANNOUNCED_EVERY_MS = 5000;

function App() {
  const { snapshot, isConnected, now } = useLive();
  const route = useRoute();
  const [report, setReport] = useState(/** @type {Report | undefined} */ (undefined));
  const help = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useKeyboard(useCallback(() => help.current?.showModal(), []));
  const headline = isConnected ? snapshot?.headline : snapshot && UNKNOWN;
  const stage = snapshot?.facts.stage ?? null;
  // A stage has no simulated Ocrolus.
  const pages = PAGES.filter(([page]) => page !== 'simulate' || snapshot?.local !== undefined);
  const title = titleOf(route, pages);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const isFirst = useRef(true);

  useEffect(() => {
    document.title = `${title} ·${stage === null ? '' : ` ${stage} ·`} Ocrolus webhooks`;
    // After a change of page, the focus moves to the heading of the new one.
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [title, stage]);

  return html`
    <${Reports.Provider} value=${setReport}>
      <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => {
        event.preventDefault();
        heading.current?.focus();
      }}>Skip to the content</a>
      <header>
        <div class="row bar">
          <a class="row brand" href=${linkTo('')}><img src="./icon.svg" alt="" width="28" height="28" /> Ocrolus webhooks${stage !== null && `: ${stage}`}</a>
          <p class=${`small ${isConnected ? 'ok' : 'bad'}`}>● ${isConnected ? 'Live' : 'Not connected'}</p>
          <button type="button" class="small quiet" onClick=${() => help.current?.showModal()}>Keys</button>
          <nav class="row" aria-label="Pages">
            ${pages.map(
              ([page = '', name]) => html`
                <a href=${linkTo(page)} aria-current=${route.page === page ? 'page' : undefined}>${name}</a>
              `,
            )}
          </nav>
        </div>
      </header>
      <main id="main">
        <div class="row">
          <h1 ref=${heading} tabindex="-1">${title}</h1>
          ${headline !== undefined && html`<p class=${headline.tone}>● ${headline.text}</p>`}
        </div>
        ${
          snapshot === undefined
            ? html`<p class="muted">Connecting to the stack …</p>`
            : html`<${Page} route=${route} snapshot=${snapshot} now=${now} />`
        }
      </main>
      <${Announcer} text=${headline?.text ?? ''} />
      <${ReportPlace} running=${snapshot?.local?.running} report=${report} close=${() => setReport(undefined)} />
      <dialog class="box" ref=${help} aria-labelledby="keys">
        <h2 id="keys">Keys</h2>
        <dl>${KEYS.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
        <form method="dialog"><button>Close</button></form>
      </dialog>
    </${Reports.Provider}>
  `;
}

/** @param {{ route: Route, snapshot: Snapshot, now: number }} props */
function Page({ route: { page, id, query }, snapshot, now }) {
  const { facts, local, counts } = snapshot;
  // What is shown is read again when this has changed. A page of a stage is not: it may read much.
  const version = local === undefined ? '' : Object.values({ ...counts, ...local.counts }).join();
  if (page === 'deliveries')
    return id === undefined
      ? html`<${Deliveries} version=${version} query=${query} />`
      : html`<${Delivery} key=${id} id=${id} query=${query} version=${version} facts=${facts} />`;
  if (page === 'books')
    return id === undefined
      ? html`<${BooksPage} snapshot=${snapshot} version=${version} query=${query} />`
      : html`<${Book} key=${id} name=${id} version=${version} snapshot=${snapshot} />`;
  if (page === 'queues') return html`<${Queues} snapshot=${snapshot} />`;
  if (page === 'poller') return html`<${Poller} snapshot=${snapshot} />`;
  if (page === 'registration') return html`<${Registration} facts=${facts} />`;
  if (page === 'runbook' && id !== undefined) return html`<${Runbook} section=${id} />`;
  if (page === 'simulate' && local !== undefined) return html`<${Simulate} facts=${facts} local=${local} />`;
  if (page === '') return html`<${Overview} snapshot=${snapshot} query=${query} now=${now} />`;
  return html`<p class="problem">There is no page <code>${page}</code>. <a href=${linkTo('')}>Go to the overview</a></p>`;
}

/** @param {Route} route @param {string[][]} pages */
function titleOf({ page, id }, pages) {
  const [, name = 'Not found'] = [...pages, ['runbook', 'Runbook']].find(([path]) => path === page) ?? [];
  return id === undefined ? name : `${name}: ${short(id)}`;
}

/** Announces the state to a screen reader, but not too often. @param {{ text: string }} props */
function Announcer({ text }) {
  const [announced, setAnnounced] = useState('');
  const announcedAt = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, announcedAt.current + ANNOUNCED_EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      announcedAt.current = Date.now();
      setAnnounced(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<p class="unseen" aria-live="polite">${announced}</p>`;
}

const place = document.getElementById('app');
if (place !== null) {
  place.replaceChildren();
  render(html`<${App} />`, place);
}
