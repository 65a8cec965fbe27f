import { html } from 'htm/preact';
import { BookTable, bookRows } from '../parts/book-table.js';
import { NewBook } from '../parts/new-book.js';

/** @param {{ snapshot: import('../lib/types.js').Snapshot }} props */
export function Books({ snapshot }) {
  return html`
    <section class="card" aria-labelledby="books">
      <h2 id="books" class="unseen">All books</h2>
      <${BookTable} rows=${bookRows(snapshot)} />
    </section>
    ${snapshot.faults !== null && html`<${NewBook} facts=${snapshot.facts} />`}
  `;
}
