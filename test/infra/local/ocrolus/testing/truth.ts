import { PAGE_ROWS } from '../../../../../infra/local/ocrolus/journal.ts';
import type { Kind } from '../../../../../infra/local/ocrolus/model/book.ts';
import { bytesOf } from '../../../../../infra/local/ocrolus/model/reply.ts';
import type { Simulator } from '../../../../../infra/local/ocrolus/simulator.ts';
import { peek, resultsOf, sourceOf } from '../../../../simulation/ocrolus/results.ts';

/** Answer of one call now, without faults and limits. */
export interface ResultAnswer {
  readonly kind: Kind;
  /**
   * The uuid of the book, document or business, or the id of a request; `<uuid>@summary` for the income summary, and
   * `<uuid>@<offset>` for a further page of enriched transactions.
   */
  readonly subject: string;
  /** Path and query. */
  readonly target: string;
  readonly status: number;
  readonly body: Buffer;
}

/** Every result of a book, with its exact bytes. */
interface Truth {
  readonly results: readonly ResultAnswer[];
  /** The answer for a result, of the book where no other subject is given. @throws Error when there is no such result. */
  body(kind: Kind, subject?: string): Buffer;
}

export function truthOf({ model }: Simulator, uuid: string): Truth {
  const book = model.registry.book(uuid);
  const results = [...resultsOf(book)].flatMap(([kind, subject]): ResultAnswer[] => {
    const source = sourceOf(model, book, kind, subject);
    if (source === undefined) return [];
    const answerTo = (target: string, id = subject): ResultAnswer => {
      const reply = peek(model, book, target);
      return { kind, subject: id, target, status: reply.status, body: bytesOf(reply) };
    };
    if (kind !== 'enriched-transactions') return [answerTo(source.target)];
    const pages = [answerTo(`${source.target}?limit=${PAGE_ROWS}`)];
    for (let offset = PAGE_ROWS; offset < book.analytics.rows; offset += PAGE_ROWS) {
      const target = `${source.target}?limit=${PAGE_ROWS}&offset=${offset}`;
      pages.push(answerTo(target, `${uuid}@${offset}`));
    }
    return pages;
  });
  return {
    results,
    body(kind, subject = uuid) {
      const found = results.find((result) => result.kind === kind && result.subject === subject);
      if (found === undefined) throw new Error(`no ${kind} of ${subject} in book ${uuid}`);
      return found.body;
    },
  };
}
