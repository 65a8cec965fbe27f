import type { Change } from './kernel/table/memory-table-core.ts';
import type { CoreListeners } from './system/core.ts';
import type { System } from './system/start.ts';

/** Log lines that say what the writes do not show. */
const SHOWN = /"level":"(WARN|ERROR)"/;

/** Records what happens to a book, in the order of time: deliveries, calls, writes, log lines. */
export class StoryRecorder {
  readonly lines: string[] = [];
  /** Uuids of the book and its documents, and its pk. */
  readonly #names: Set<string>;
  readonly #now: () => number;

  constructor(bookUuid: string, { core }: System) {
    this.#names = new Set([bookUuid]);
    this.#now = core.simulation.scheduler.now;
    core.table.onChange((change) => this.#change(change));
  }

  /** The listeners of an oracle, called after this. */
  listenersBefore(listeners: CoreListeners): CoreListeners {
    return {
      ...listeners,
      line: (actor, text) => {
        if (SHOWN.test(text)) this.#add(text, `log ${actor} ${text}`);
        listeners.line?.(actor, text);
      },
      call: (path, status) => this.#add(path, `call ${path} ${status}`),
      attempt: (attempt) => {
        const { delivery, status, account } = attempt;
        const { bookUuid = '', eventName, subject = '' } = delivery;
        this.#add(bookUuid, `webhook ${account} ${eventName} ${subject} ${status}`);
        listeners.attempt?.(attempt);
      },
    };
  }

  #change(change: Change): void {
    const { bookId, item } = change.key;
    const line = `write ${bookId} ${item} ${describe(change)}`;
    if (!this.#add(`${bookId} ${item}`, line) || !this.#names.has(bookId)) return;
    if (item.startsWith('DOC#')) this.#names.add(item.slice('DOC#'.length));
    if (typeof change.after?.bookPk === 'string') this.#names.add(change.after.bookPk);
  }

  /** @param about a text that may name the book. @returns whether it does. */
  #add(about: string, line: string): boolean {
    const isOwn = [...this.#names].some((name) => about.includes(name));
    if (isOwn) this.lines.push(`${new Date(this.#now()).toISOString()} ${line}`);
    return isOwn;
  }
}

/** What explains nothing to a reader of the story. */
const DULL =
  /^(bookId|item|revision|updatedAt|dueShard|expiresAt|bytes|sha256|encoding|summary|body|payload)$/;

/** What a write has changed. */
function describe({ key: { item }, before, after }: Change): string {
  if (after === undefined) return 'deleted';
  if (item.startsWith('EVENT#'))
    return `${after.eventName} ${after.outcome} ${after.reason ?? ''} ${after.codes ?? ''}`;
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => !DULL.test(name) && JSON.stringify(before?.[name]) !== JSON.stringify(after[name]),
  );
  return names.map((name) => `${name}=${JSON.stringify(after[name])}`).join(' ');
}
