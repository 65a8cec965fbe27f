import { createHash } from 'node:crypto';
import type { Truth } from '../../../infra/local/ocrolus/index.ts';
import type { BookItem } from '../../../shared/store/items.ts';
import type { Answered, Passing } from '../inject/proxy.ts';
import type { Expectation } from './expected.ts';
import { putItem, type WireAttributes } from './wire.ts';

interface Completed {
  readonly nth: number;
  readonly generation: string;
}

/** When an item was last written with another content. */
interface Content {
  readonly nth: number;
  readonly content: string;
}

/**
 * Watches DynamoDB's wire for books that become complete: a reader may act on it at once, so everything that the policy
 * wants must have been stored before.
 */
export class CompleteWatch {
  /** Completions that were compared with the end. */
  checked = 0;
  readonly #completed = new Map<string, Completed[]>();
  readonly #contents = new Map<string, Content>();
  readonly #wrong: string[] = [];
  #nth = 0;

  observe(passing: Passing, answered: Answered): void {
    if (!/"(BOOK|RESULT#|DOC#)/.test(passing.body.toString('latin1'))) return;
    const attributes = putItem(passing, answered);
    if (attributes === undefined) return;
    this.#nth += 1;
    const [bookId = '', item = ''] = [attributes.bookId?.S, attributes.item?.S];
    if (item === 'BOOK') this.#book(bookId, attributes);
    else if (item.startsWith('RESULT#')) this.#content(`${bookId} ${item}`, attributes.sha256?.S);
    else if (item.startsWith('DOC#')) this.#content(`${bookId} ${item}`, attributes.detect?.M?.state?.S);
  }

  #book(bookId: string, { complete, open, generation, updatedAt }: WireAttributes): void {
    if (complete?.BOOL !== true) return;
    if (open?.L?.length !== 0)
      this.#wrong.push(`${bookId} was complete at ${updatedAt?.S} with ${JSON.stringify(open)}`);
    const all = this.#completed.get(bookId) ?? [];
    this.#completed.set(bookId, [...all, { nth: this.#nth, generation: generation?.N ?? '' }]);
  }

  #content(key: string, content = ''): void {
    if (this.#contents.get(key)?.content !== content) this.#contents.set(key, { nth: this.#nth, content });
  }

  /** The books that were complete while something was open. */
  get wrong(): readonly string[] {
    return this.#wrong;
  }

  /** @returns what was stored only after the book had become complete in its last generation. */
  check(truth: Truth, { results }: Expectation, book: BookItem | undefined): string[] {
    const { bookUuid, documents } = truth;
    const first = this.#completed
      .get(bookUuid)
      ?.find(({ generation }) => generation === String(book?.generation));
    if (first === undefined || truth.status !== 'VERIFIED') return [];
    this.checked += 1;
    const late: string[] = [];
    const compare = (item: string, content: string) => {
      const stored = this.#contents.get(`${bookUuid} ${item}`);
      if (stored?.content === content && stored.nth > first.nth)
        late.push(`the book was complete before ${item} was stored`);
    };
    for (const { kind, subject, answer, because } of results) {
      if (because !== 'always') continue;
      compare(`RESULT#${kind}#${subject}`, createHash('sha256').update(answer.body).digest('hex'));
    }
    for (const { uuid, status, detect } of documents) {
      if (status !== 'VERIFICATION_COMPLETE' || detect === 'pending') continue;
      compare(`DOC#${uuid}`, detect === 'unable' ? 'UNABLE_TO_PROCESS' : 'COMPLETED');
    }
    return late;
  }
}
