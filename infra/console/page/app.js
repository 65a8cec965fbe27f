import { html, render } from 'htm/preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { short } from './lib/format.js';
import { useLive, useNow } from './lib/live.js';
import { linkTo, useRoute } from './lib/route.js';
import { Book } from './pages/book.js';
import { Deliveries } from './pages/deliveries.js';
import { Delivery } from './pages/delivery.js';
import { Books, Overview } from './pages/lists.js';
import { Poller } from './pages/poller.js';
import { Queues } from './pages/queues.js';
import { Simulate } from './pages/simulate.js';
import { StageBooks, StageOverview } from './pages/stage.js';
import { Command, Reports } from './parts/actions.js';

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
  ['simulate', 'Simulate'],
];

/** Headline while nothing is heard of the stack. */
const UNKNOWN = { tone: 'warn', text: 'The stack does not answer: this is its last known state.' };

/** Minimum time between two announcements of the state to a screen reader. */
const ANNOUNCED_EVERY_MS = 5000;

function App() {
  const { snapshot, isConnected } = useLive();
  const now = useNow();
  const route = useRoute();
  const [report, setReport] = useState(/** @type {Report | undefined} */ (undefined));
  const take = useCallback((/** @type {Report} */ one) => setReport(one), []);
  const headline = isConnected ? snapshot?.headline : snapshot && UNKNOWN;
  const stage = snapshot?.stage ?? null;
  // A stage has no simulated Ocrolus.
  const pages = PAGES.filter(([page]) => page !== 'simulate' || snapshot?.stage === null);
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
    <${Reports.Provider} value=${take}>
      <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => {
        event.preventDefault();
        heading.current?.focus();
      }}>Skip to the content</a>
      <header>
        <div class="bar">
          <a class="brand" href=${linkTo('')}><img src="./icon.svg" alt="" width="28" height="28" /> Ocrolus webhooks${stage !== null && `: ${stage}`}</a>
          <p class=${`live ${isConnected ? '' : 'is-off'}`}>${isConnected ? 'Live' : 'Not connected'}</p>
          <nav aria-label="Pages">
            ${pages.map(
              ([page = '', name]) => html`
                <a href=${linkTo(page)} aria-current=${route.page === page ? 'page' : undefined}>${name}</a>
              `,
            )}
          </nav>
        </div>
      </header>
      <main id="main">
        <div class="title">
          <h1 ref=${heading} tabindex="-1">${title}</h1>
          ${headline !== undefined && html`<p class=${`headline ${headline.tone}`}>${headline.text}</p>`}
        </div>
        ${
          snapshot === undefined
            ? html`<p class="muted">Connecting to the stack …</p>`
            : html`<${Page} route=${route} snapshot=${snapshot} now=${now} />`
        }
      </main>
      <${Announcer} text=${headline?.text ?? ''} />
      <div class="report-place" role="status">
        ${
          report !== undefined &&
          html`
            <div class=${`report ${report.isProblem ? 'is-problem' : ''}`}>
              <div class="report-text">
                <p>${report.isProblem ? `Not done: ${report.message}` : report.message}</p>
                <button type="button" class="quiet" onClick=${() => setReport(undefined)}>Close</button>
              </div>
              <${Command} text=${report.command} />
            </div>
          `
        }
      </div>
    </${Reports.Provider}>
  `;
}

/** @param {{ route: Route, snapshot: Snapshot, now: number }} props */
function Page({ route: { page, id, query }, snapshot, now }) {
  const { facts } = snapshot;
  const version = versionOf(snapshot);
  if (page === 'deliveries' && id !== undefined)
    return html`<${Delivery} key=${id} id=${id} query=${query} version=${version} facts=${facts} />`;
  if (page === 'deliveries')
    return html`<${Deliveries} isStage=${snapshot.stage !== null} version=${version} query=${query} />`;
  if (page === 'books' && id !== undefined) {
    const next = snapshot.stage === null ? snapshot.books.find(({ uuid }) => uuid === id)?.next : '';
    return html`<${Book} key=${id} name=${id} version=${`${version} ${next}`} facts=${facts} />`;
  }
  if (page === 'queues') return html`<${Queues} snapshot=${snapshot} version=${version} />`;
  if (page === 'poller') return html`<${Poller} snapshot=${snapshot} />`;
  if (snapshot.stage !== null) {
    if (page === 'books') return html`<${StageBooks} facts=${snapshot.facts} query=${query} />`;
    if (page === '') return html`<${StageOverview} snapshot=${snapshot} />`;
  } else {
    if (page === 'books') return html`<${Books} snapshot=${snapshot} />`;
    if (page === 'simulate') return html`<${Simulate} snapshot=${snapshot} />`;
    if (page === '') return html`<${Overview} snapshot=${snapshot} now=${now} />`;
  }
  return html`<p class="problem">There is no page <code>${page}</code>. <a href=${linkTo('')}>Go to the overview</a></p>`;
}

/**
 * The page of a delivery or book is read again when this has changed. That of a stage is not: it may read much.
 *
 * @param {Snapshot} snapshot
 */
function versionOf({ stage, counts }) {
  return stage === null ? Object.values(counts).join() : '';
}

/** @param {Route} route @param {string[][]} pages */
function titleOf({ page, id }, pages) {
  if (page === 'deliveries' && id !== undefined) return `Delivery ${short(id)}`;
  if (page === 'books' && id !== undefined) return `Book ${short(id)}`;
  return pages.find(([name]) => name === page)?.[1] ?? 'Not found';
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
