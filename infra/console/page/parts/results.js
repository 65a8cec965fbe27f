import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ask, messageOf } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { cellText, columnsOf, listsIn, parseExactly } from '../lib/exact-json.js';
import { clock, number, plural, short, size } from '../lib/format.js';
import { Command } from './actions.js';
import { Table } from './table.js';

/**
 * @typedef {import('../lib/api.js').BookPage['results'][number]} Result
 * @typedef {import('../lib/exact-json.js').Row} Row
 */

/** Maximum number of rows and columns of a table. */
const [MOST_ROWS, MOST_COLUMNS] = [100, 8];

/** The results of a book, each with its body after a click. @param {{ id: string, results: readonly Result[], facts: import('../lib/api.js').Facts }} props */
export function Results({ id, results, facts }) {
  const [shown, setShown] = useState(/** @type {{ result: Result, text: string } | undefined} */ (undefined));
  const subjectOf = ({ subject = '' }) => (subject === id ? 'the book' : short(subject));
  const addressOf = (/** @type {Result} */ { kind, subject }) =>
    `result?${new URLSearchParams({ book: id, kind, subject })}`;
  const show = async (/** @type {Result} */ result) => {
    if (shown?.result.item === result.item) return setShown(undefined);
    const text = result.contentType === undefined && (await ask('GET', addressOf(result)).catch(messageOf));
    setShown({ result, text: text || `A file (${result.contentType}), which the link downloads.` });
    requestAnimationFrame(() => document.getElementById('body')?.scrollIntoView());
  };
  /** @type {import('./table.js').Column<Result>[]} */
  const columns = [
    {
      label: 'Result',
      cell: (result) => html`
        <button type="button" class="quiet" aria-expanded=${shown?.result.item === result.item} onClick=${() => show(result)}>${result.kind}</button>
      `,
    },
    { label: 'Of', cell: (result) => html`<span class="mono">${subjectOf(result)}</span>` },
    { label: 'Size', isNumber: true, cell: ({ bytes }) => size(bytes) },
    { label: 'Stored in', cell: ({ s3 }) => (s3 === undefined ? 'item' : 'S3') },
    { label: 'Fetched (UTC)', isNumber: true, cell: ({ fetchedAt }) => clock(fetchedAt) },
  ];
  const isFile = shown?.result.contentType !== undefined;
  return html`
    <${Table} caption="Results" columns=${columns} rows=${results} empty="None is stored yet." />
    ${
      shown &&
      html`
        <h3 id="body">${shown.result.kind} of ${subjectOf(shown.result)}</h3>
        <${Body} text=${shown.text} bytes=${isFile ? 0 : shown.result.bytes} />
        <p><a href=${`api/${addressOf(shown.result)}&all=true`} download=${isFile ? shown.result.kind : undefined} target="_blank" rel="noreferrer">The body exactly as Ocrolus sent it</a></p>
        <${Command} text=${ops(facts, 'result', id, shown.result.kind, shown.result.subject)} />
      `
    }
  `;
}

/** Tables of the rows in a document, and all of it. The beginning of a large one is shown unchanged. @param {{ text: string, bytes: number }} props */
function Body({ text, bytes }) {
  const document = parseExactly(text);
  const read = new TextEncoder().encode(text).length;
  const isCut = read < bytes;
  return html`
    ${isCut && html`<p class="muted">The first ${size(read)} of ${size(bytes)}, unchanged. The link and the command below have all of it.</p>`}
    ${listsIn(document).map(({ path, rows }) => html`<${Rows} path=${path} rows=${rows} />`)}
    <pre class="box" tabindex="0" aria-label="Body of the result">${document === undefined ? text : JSON.stringify(document, null, 2)}</pre>
  `;
}

/** @param {{ path: string, rows: Row[] }} props */
function Rows({ path, rows }) {
  const names = columnsOf(rows);
  const columns = names.slice(0, MOST_COLUMNS).map((label) => ({
    label,
    cell: (/** @type {Row} */ row) => cellText(row[label]),
  }));
  const cut = [
    rows.length > MOST_ROWS && `the first ${number(MOST_ROWS)} rows`,
    names.length > MOST_COLUMNS && `${MOST_COLUMNS} of ${names.length} columns`,
  ].filter(Boolean);
  return html`
    <h3>${path}: ${plural(rows.length, 'row')}${cut.length > 0 && ` (${cut.join(', ')})`}</h3>
    <${Table} caption=${path} columns=${columns} rows=${rows.slice(0, MOST_ROWS)} />
  `;
}
