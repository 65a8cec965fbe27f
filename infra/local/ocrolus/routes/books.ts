import { bookInfoBody, bookStatusBody, createdBookBody } from '../bodies/book.ts';
import { Refusal, v1, v1Error } from '../http/reply.ts';
import { jsonFields } from '../http/request.ts';
import type { Call, Route } from '../http/router.ts';
import type { BookClass } from '../state/book.ts';
import { listBooks } from './book-list.ts';
import { anyBookInQuery, bookInQuery } from './find.ts';

const BOOK_CLASSES: readonly BookClass[] = ['COMPLETE', 'INSTANT', 'INSTANT_CLASSIFY_ONLY'];

export const bookRoutes: readonly Route[] = [
  {
    operation: 'book-status',
    method: 'GET',
    path: '/v1/book/status',
    // The one call that still answers for a deleted book: DELETED is one of its values.
    answer: (call) => v1(bookStatusBody(anyBookInQuery(call))),
  },
  {
    operation: 'book-info',
    method: 'GET',
    path: '/v1/book/info',
    answer: (call) => v1(bookInfoBody(bookInQuery(call))),
  },
  { operation: 'book-list', method: 'GET', path: '/v1/books', answer: listBooks },
  { operation: 'create-a-book', method: 'POST', path: '/v1/book/add', answer: createBook },
];

function createBook({ body, organization: { books } }: Call) {
  const fields = jsonFields(body);
  const { name, xid } = fields;
  if (typeof name !== 'string') throw new Refusal(v1Error(1103, 'Required parameter not found'));
  if (books.all.some((book) => book.name === name)) throw new Refusal(v1Error(1402, 'Book exists'));
  const bookClass = BOOK_CLASSES.find((known) => known === fields.book_class) ?? 'COMPLETE';
  return v1(createdBookBody(books.add({ name, bookClass, ...(typeof xid === 'string' && { xid }) })));
}
