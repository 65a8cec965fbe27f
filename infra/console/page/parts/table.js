import { html } from 'htm/preact';

/**
 * @template R
 * @typedef {object} Column
 * @property {string} label
 * @property {(row: R) => unknown} cell `null`: nothing to show
 * @property {boolean} [isNumber] right-aligned, in figures of equal width
 * @property {boolean} [isAction] needs no label on a narrow screen
 */

/**
 * A table; on a narrow screen, each row becomes a list of its cells with their labels. The roles are explicit
 * because browsers drop them when a style changes `display` of a table.
 *
 * @template R
 * @param {{ caption: string, columns: readonly Column<R>[], rows: readonly R[], empty?: string }} props
 */
export function Table({ caption, columns, rows, empty = 'None.' }) {
  if (rows.length === 0) return html`<p class="muted">${empty}</p>`;
  const cell = (/** @type {Column<R>} */ { label, isNumber, isAction }, /** @type {unknown} */ value) => html`
    <td role="cell" class=${`${isNumber || isAction ? 'number' : ''} ${value === null ? 'none' : ''}`} data-label=${isAction ? null : label}>
      <div>${value ?? '–'}</div>
    </td>
  `;
  return html`
    <table role="table">
      <caption class="unseen">${caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(
            ({ label, isNumber, isAction }) => html`
              <th role="columnheader" scope="col" class=${`small muted ${isNumber || isAction ? 'number' : ''}`}>
                <span class=${isAction ? 'unseen' : ''}>${label}</span>
              </th>
            `,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => html`<tr role="row">${columns.map((column) => cell(column, column.cell(row)))}</tr>`)}
      </tbody>
    </table>
  `;
}
