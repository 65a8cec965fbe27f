import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ask, messageOf, useData } from '../lib/api.js';
import { control, ops } from '../lib/commands.js';
import { clock, number, plural, seconds, short, size, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { ActionButton, Command } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { SendEvent } from '../parts/book-forms.js';
import { Table } from '../parts/table.js';

/**
 * @typedef {import('../lib/api.js').BookPage} Page
 * @typedef {import('../lib/api.js').Facts} Facts
 * @typedef {import('../lib/api.js').LocalFacts} LocalFacts
 */

/** @param {{ name: string, version: string, facts: Facts }} props name: its id in any form */
export function Book({ name, version, facts }) {
  const { data, problem } = useData(/** @type {string} */ (`books/${encodeURIComponent(name)}`), version);
  if (problem !== undefined) return html`<p class="problem">${problem}</p>`;
  const page = /** @type {Page | undefined} */ (data);
  if (page === undefined) return html`<p class="muted">Loading …</p>`;
  const { bookId: id, book, simulated, documents, checklist, missing, results, events } = page;
  const complete = book?.complete;
  return html`
    <dl class="facts">
      <div><dt>Name</dt><dd>${book?.name ?? simulated?.name ?? '–'}</dd></div>
      <div><dt>Stored as</dt><dd>${book?.status === undefined ? 'not stored yet' : words(book.status.toLowerCase())}</dd></div>
      <div>
        <dt>Checklist</dt>
        <dd>
          ${complete === undefined ? 'unknown yet' : html`<${Badge} state=${complete ? 'complete' : 'not complete'} />`}
          ${missing > 0 && ` ${number(missing)} missing`}
        </dd>
      </div>
      ${facts.stage === null && html`<div><dt>In Ocrolus</dt><dd>${simulated === null ? 'not simulated' : `${words(simulated.status.toLowerCase())}; ${simulated.next === null ? 'finished' : `next: ${words(simulated.next).toLowerCase()}`}`}</dd></div>`}
      <div><dt>Uuid</dt><dd class="mono">${id}</dd></div>
    </dl>
    ${simulated !== null && facts.stage === null && html`<${Advance} id=${id} next=${simulated.next} facts=${facts} />`}
    <section class="card" aria-labelledby="checklist">
      <h2 id="checklist">Checklist: what the book should have</h2>
      <${Table}
        caption="Checklist, missing results first"
        columns=${CHECKLIST}
        rows=${checklist}
        rowKey=${(/** @type {any} */ line) => `${line.kind} ${line.subject}`}
        empty="Nothing is expected yet: Ocrolus has not finished anything."
      />
    </section>
    <section class="card" aria-labelledby="documents">
      <h2 id="documents">Documents</h2>
      <${Table}
        caption="Documents"
        columns=${DOCUMENTS}
        rows=${documents}
        rowKey=${(/** @type {any} */ document) => document.item}
        empty="None is stored yet."
      />
    </section>
    <section class="card" aria-labelledby="results">
      <h2 id="results">Results</h2>
      <${Results} id=${id} results=${results} facts=${facts} />
    </section>
    <section class="card" aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <${Table}
        caption="Deliveries about this book, newest first"
        columns=${TIMELINE}
        rows=${events.toReversed()}
        rowKey=${(/** @type {any} */ event) => event.item}
        empty="No delivery about it yet."
      />
    </section>
    ${simulated !== null && facts.stage === null && html`<${SendEvent} facts=${facts} books=${[{ uuid: id, name: simulated.name }]} />`}
    <section class="card" aria-labelledby="in-a-terminal">
      <h2 id="in-a-terminal">In a terminal</h2>
      <${Command} text=${ops(facts, 'book', id, '--json')} />
    </section>
  `;
}

/** @param {{ id: string, next: string | null, facts: LocalFacts }} props */
function Advance({ id, next, facts }) {
  const path = `/ocrolus/books/${id}/advance`;
  const advance = (/** @type {object} */ body) => async () => {
    const { step } = await ask('POST', path.slice(1), body);
    return step === null ? 'The book was finished already.' : `${words(step)}: done and announced.`;
  };
  return html`
    <section class="card" aria-labelledby="advance">
      <h2 id="advance">Advance the book</h2>
      ${
        next === null
          ? html`<p class="muted">This book is finished. You can still send events below.</p>`
          : html`
              <p class="buttons">
                <${ActionButton} kind="main" command=${control(facts, 'POST', path)} act=${advance({})}>${words(next)}</${ActionButton}>
                <${ActionButton} command=${control(facts, 'POST', path, { steps: 'all' })} act=${advance({ steps: 'all' })}>
                  All steps
                </${ActionButton}>
              </p>
              <${Command} text=${control(facts, 'POST', path)} />
            `
      }
    </section>
  `;
}

/** @param {{ id: string, results: Page['results'], facts: Facts }} props */
function Results({ id, results, facts }) {
  const [shown, setShown] = useState(
    /** @type {{ item: string, text: string, kind: string, subject: string, isFile?: boolean } | undefined} */ (
      undefined
    ),
  );
  const show = async (/** @type {Page['results'][number]} */ { item, kind, subject, contentType }) => {
    if (shown?.item === item) return setShown(undefined);
    if (contentType !== undefined)
      return setShown({
        item,
        kind,
        subject,
        isFile: true,
        text: `A file (${contentType}), which the link downloads.`,
      });
    const query = new URLSearchParams({ book: id, kind, subject });
    try {
      const text = await (await fetch(`api/result?${query}`)).text();
      setShown({ item, kind, subject, text: indented(text) });
    } catch (error) {
      setShown({ item, kind, subject, text: messageOf(error) });
    }
  };
  /** @type {import('../parts/table.js').Column<Page['results'][number]>[]} */
  const columns = [
    {
      label: 'Result',
      cell: (result) => html`
        <button type="button" class="link" aria-expanded=${shown?.item === result.item} onClick=${() => show(result)}>${result.kind}</button>
      `,
    },
    {
      label: 'Of',
      cell: ({ subject }) => html`<span class="mono">${subject === id ? 'the book' : short(subject)}</span>`,
    },
    { label: 'Size', isNumber: true, cell: ({ bytes }) => size(bytes) },
    { label: 'Stored in', cell: ({ s3 }) => (s3 === undefined ? 'item' : 'S3') },
    { label: 'Fetched (UTC)', isNumber: true, cell: ({ fetchedAt }) => clock(fetchedAt) },
  ];
  return html`
    <${Table}
      caption="Results"
      columns=${columns}
      rows=${results}
      rowKey=${(/** @type {any} */ result) => result.item}
      empty="None is stored yet."
    />
    ${
      shown !== undefined &&
      html`
        <h3>${shown.kind} of ${shown.subject === id ? 'the book' : short(shown.subject)}</h3>
        <pre tabindex="0" aria-label="Body of the result">${shown.text}</pre>
        <p><a href=${`api/result?${new URLSearchParams({ book: id, kind: shown.kind, subject: shown.subject, all: 'true' })}`} download=${shown.isFile ? shown.kind : undefined} target="_blank" rel="noreferrer">The body exactly as Ocrolus sent it</a></p>
        <${Command} text=${ops(facts, 'result', id, shown.kind, shown.subject)} />
      `
    }
  `;
}

/** Indents complete JSON; the beginning of a long body is shown unchanged. @param {string} text */
function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
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
