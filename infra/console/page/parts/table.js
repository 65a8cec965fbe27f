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
 * @param {{ caption: string, columns: Column<R>[], rows: readonly R[], rowKey: (row: R) => string, empty: string }} props
 */
export function Table({ caption, columns, rows, rowKey, empty }) {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`
    <table role="table">
      <caption class="unseen">${caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(
            ({ label, isNumber, isAction }) => html`
              <th role="columnheader" scope="col" class=${isNumber ? 'number' : ''}>
                ${isAction ? html`<span class="unseen">${label}</span>` : label}
              </th>
            `,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (row) => html`
            <tr role="row" key=${rowKey(row)}>
              ${columns.map((column) => html`<${Cell} column=${column} value=${column.cell(row)} />`)}
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

/** @param {{ column: Column<any>, value: any }} props */
function Cell({ column: { label, isNumber, isAction }, value }) {
  const classes = [isNumber && 'number', isAction && 'action', value === null && 'none']
    .filter(Boolean)
    .join(' ');
  return html`
    <td role="cell" class=${classes} data-label=${isAction ? null : label}>
      <div>${value ?? '–'}</div>
    </td>
  `;
}
