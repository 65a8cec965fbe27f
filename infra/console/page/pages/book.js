import { html } from 'htm/preact';
import { useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { clock, number, plural, seconds, short, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Action, Command, post } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Card, Facts, Unread } from '../parts/card.js';
import { Results } from '../parts/results.js';
import { Advance, SendEvent } from '../parts/simulator.js';
import { Table } from '../parts/table.js';

/**
 * @typedef {import('../lib/api.js').BookPage} Page
 * @typedef {import('../lib/api.js').SimulatedBook} SimulatedBook
 */

/** @param {{ name: string, version: string, snapshot: import('../lib/api.js').Snapshot }} props name: its id in any form */
export function Book({ name, version, snapshot: { facts, local } }) {
  const id = encodeURIComponent(name);
  const { data, problem } = useData(`books/${id}`, version);
  const inOcrolus = useData(local?.faults ? `ocrolus/books/${id}` : null, version);
  const page = /** @type {Page | undefined} */ (data);
  const book = page?.bookId ?? name;
  const simulated = /** @type {SimulatedBook | undefined} */ (inOcrolus.data);
  return html`
    ${page === undefined && html`<${Unread} problem=${problem} />`}
    ${page?.book === null && page.events.length === 0 && html`<p>Nothing is stored of this book yet. A pk is known only while its book is polled.</p>`}
    <${Facts} facts=${{
      Name: page?.book?.name ?? simulated?.name,
      'Stored as': page?.book?.status && words(page.book.status.toLowerCase()),
      Checklist: page && checklistState(page),
      'In Ocrolus':
        simulated &&
        `${words(simulated.status.toLowerCase())}; ${simulated.next === null ? 'finished' : `next: ${words(simulated.next).toLowerCase()}`}`,
      Uuid: html`<span class="mono">${book}</span>`,
    }} />
    ${simulated && local && html`<${Advance} book=${simulated} local=${local} />`}
    ${page && html`<${Stored} page=${page} facts=${facts} />`}
    ${simulated && local && html`<${SendEvent} facts=${facts} events=${local.events} books=${[simulated]} />`}
    <${Card} title="In a terminal">
      <${Command} text=${ops(facts, 'book', book, '--json')} />
      <p class="muted">This one shows what it would remove, and asks before it does:</p>
      <${Action} facts=${facts} kind="bad" command=${ops(facts, 'forget', book)} question="Delete everything of this book, permanently?" act=${post('forget', { book })}>Forget</${Action}>
    </${Card}>
  `;
}

/** @param {Page} page */
function checklistState({ book, missing }) {
  if (book?.complete === undefined) return 'unknown yet';
  return html`
    <${Badge} state=${book.complete ? 'complete' : 'incomplete'} />
    ${missing > 0 && ` ${number(missing)} missing`}
  `;
}

/** @param {{ page: Page, facts: import('../lib/api.js').Facts }} props */
function Stored({ page: { bookId, checklist, documents, results, events }, facts }) {
  return html`
    <${Card} title="Checklist: what the book should have">
      <${Table}
        caption="Checklist, missing results first"
        columns=${CHECKLIST}
        rows=${checklist}
        empty="Nothing is expected yet: Ocrolus has not finished anything."
      />
    </${Card}>
    <${Card} title="Documents">
      <${Table} caption="Documents" columns=${DOCUMENTS} rows=${documents} empty="None is stored yet." />
    </${Card}>
    <${Card} title="Results"><${Results} id=${bookId} results=${results} facts=${facts} /></${Card}>
    <${Card} title="Timeline">
      <${Table}
        caption="Deliveries about this book, newest first"
        columns=${TIMELINE}
        rows=${events.toReversed()}
        empty="No delivery about it yet."
      />
    </${Card}>
  `;
}

/** Explains why a result is missing. @param {Page['checklist'][number]} line */
function why({ state, isMissing, code, attempts, nextAt, hasOlder, hasJob }) {
  const next = nextAt === null ? '' : `; next at ${seconds(nextAt)} UTC`;
  if (state === 'not expected') return 'not asked for: the setting “results”, or what Ocrolus serves';
  if (!isMissing) {
    if (state === 'stored')
      return nextAt === null ? null : `asked for again, in case it was incomplete${next}`;
    if (state === 'unavailable') return `Ocrolus says that there is none${code === null ? '' : `: ${code}`}`;
    return nextAt === null
      ? 'not announced, and not there when it was asked for'
      : `not announced; asked for in case the webhook was lost${next}`;
  }
  const older = hasOlder ? 'may be newer than what is stored; ' : '';
  if (state === 'expired') return `${older}no longer asked for: ${code ?? 'no code'}`;
  const answer = hasJob ? 'Ocrolus is computing it' : `last answer ${code ?? 'none'}`;
  const asked = attempts === 0 ? 'not asked for yet' : `asked ${plural(attempts, 'time')}, ${answer}`;
  return `${older}${asked}${next}`;
}

/** @type {import('../parts/table.js').Column<Page['checklist'][number]>[]} */
const CHECKLIST = [
  { label: 'Kind', cell: ({ kind }) => kind },
  { label: 'Of', cell: ({ subject }) => html`<span class="mono">${short(subject)}</span>` },
  { label: 'State', cell: ({ state }) => html`<${Badge} state=${state} />` },
  { label: 'Why', cell: why },
];

/** @type {import('../parts/table.js').Column<Page['documents'][number]>[]} */
const DOCUMENTS = [
  { label: 'Document', cell: ({ name, docUuid }) => name ?? short(docUuid) },
  { label: 'Status', cell: ({ status }) => html`<${Badge} state=${status} />` },
  { label: 'Detect', cell: ({ detect }) => (detect === undefined ? null : words(detect.state)) },
  { label: 'Reason', cell: ({ rejectionReason }) => rejectionReason ?? null },
  { label: 'Uuid', cell: ({ docUuid }) => html`<span class="mono">${short(docUuid)}</span>` },
];

/** @type {import('../parts/table.js').Column<Page['events'][number]>[]} */
const TIMELINE = [
  { label: 'Received (UTC)', cell: ({ receivedAt }) => clock(receivedAt) },
  {
    label: 'Event',
    cell: ({ bookId, deliveryId, eventName }) =>
      html`<a href=${linkTo('deliveries', deliveryId, { book: bookId })}>${eventName}</a>`,
  },
  { label: 'Source', cell: ({ source }) => (source === 'poll' ? 'poller' : 'webhook') },
  { label: 'Outcome', cell: ({ outcome }) => html`<${Badge} state=${outcome} />` },
  { label: 'Why', cell: ({ reason, codes }) => reason ?? codes?.join(', ') ?? null },
];
