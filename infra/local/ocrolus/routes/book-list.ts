import { bookListItem } from '../bodies/book.ts';
import { Refusal, type Reply, v1, v1Error } from '../http/reply.ts';
import type { Call } from '../http/router.ts';
import type { Book } from '../state/book.ts';

const INVALID = v1Error(1003, 'Request validation failure; check parameter values and types.');

const COMPARE = {
  pk: (a: Book, b: Book) => Number(BigInt(a.pk) - BigInt(b.pk) > 0n) - Number(BigInt(a.pk) < BigInt(b.pk)),
  name: (a: Book, b: Book) => Number(a.name > b.name) - Number(a.name < b.name),
  created: (a: Book, b: Book) => Number(a.createdAt > b.createdAt) - Number(a.createdAt < b.createdAt),
};

/**
 * Book list: newest pk first by default; no status. A bare array without `limit`, an object with it
 * (docs/ocrolus.md#book-list).
 */
export function listBooks(call: Call): Reply {
  const limit = count(call.query.get('limit'));
  const offset = count(call.query.get('offset')) ?? 0;
  const found = search(call);
  const page = found.slice(offset, limit === undefined ? undefined : offset + limit).map(bookListItem);
  if (limit === undefined || call.organization.options.listShape === 'array') return v1(page);
  return v1({
    limit,
    books: page,
    total_book_count: found.length,
    _links: links(call, offset, limit, found.length),
  });
}

function search({ query, organization }: Call): Book[] {
  const [name, part, xid] = ['name', 'search', 'xid'].map((field) => query.get(field));
  const orderBy = query.get('order_by') ?? 'pk';
  const order = query.get('order') ?? 'DESC';
  if (!isOrderBy(orderBy) || !['ASC', 'DESC'].includes(order) || (name && part)) throw new Refusal(INVALID);
  const found = organization.books.all.filter(
    (book) =>
      book.status !== 'DELETED' &&
      !book.forbidden &&
      (!name || book.name === name) &&
      (!part || book.name.toLowerCase().includes(part.toLowerCase())) &&
      (!xid || book.xid === xid),
  );
  const sign = order === 'ASC' ? 1 : -1;
  return found.sort((a, b) => sign * (COMPARE[orderBy](a, b) || COMPARE.pk(a, b)));
}

function isOrderBy(field: string): field is keyof typeof COMPARE {
  return field in COMPARE;
}

function count(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Refusal(INVALID);
  return Number(text);
}

/** The member is documented, its content is not: ours. */
function links({ path, query }: Call, offset: number, limit: number, total: number) {
  const to = (start: number) => {
    const next = new URLSearchParams(query);
    next.set('offset', String(start));
    return `${path}?${next}`;
  };
  return {
    self: to(offset),
    next: offset + limit < total ? to(offset + limit) : null,
    previous: offset > 0 ? to(Math.max(0, offset - limit)) : null,
  };
}
