import type { Change } from './kernel/table/memory-table-core.ts';
import type { CoreListeners } from './system/core.ts';
import type { System } from './system/start.ts';

/** Log lines that say what the writes do not show. */
const SHOWN = /"level":"(WARN|ERROR)"/;

/** Records what happens to some books, in the order of time: deliveries, calls, writes, log lines. */
export class StoryRecorder {
  readonly #stories = new Map<string, string[]>();
  /** Whose story each name belongs to: uuids of books and documents, pks of books. */
  readonly #bookOf = new Map<string, string>();
  readonly #now: () => number;

  constructor(
    options: { readonly storiesOf?: readonly string[]; readonly trace?: (line: string) => void },
    { core }: System,
  ) {
    for (const bookUuid of options.storiesOf ?? []) {
      this.#stories.set(bookUuid, []);
      this.#bookOf.set(bookUuid, bookUuid);
    }
    const { history, scheduler } = core.simulation;
    this.#now = scheduler.now;
    const { trace } = options;
    if (trace !== undefined) {
      history.listen(({ time, actor, port, key, decision }) => {
        trace(`${new Date(time).toISOString()} ${actor} ${port} ${key} ${decision}`);
      });
    }
    if (this.#stories.size > 0) core.table.onChange((change) => this.#change(change));
  }

  /** The lines by book. */
  get stories(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(this.#stories);
  }

  /** The listeners of an oracle, called after this. */
  listenersBefore(listeners: CoreListeners): CoreListeners {
    if (this.#stories.size === 0) return listeners;
    return {
      ...listeners,
      line: (actor, text) => {
        if (SHOWN.test(text)) this.#addAbout(text, `log ${actor} ${text}`);
        listeners.line?.(actor, text);
      },
      call: (path, status) => this.#addAbout(path, `call ${path} ${status}`),
      attempt: (attempt) => {
        const { delivery, status, account } = attempt;
        const { bookUuid, eventName, subject = '' } = delivery;
        this.#add(bookUuid, `webhook ${account} ${eventName} ${subject} ${status}`);
        listeners.attempt?.(attempt);
      },
    };
  }

  #change(change: Change): void {
    const { bookId, item } = change.key;
    const bookUuid = this.#bookOf.get(bookId) ?? this.#find(item);
    if (bookUuid === undefined) return;
    if (item.startsWith('DOC#')) this.#bookOf.set(item.slice(4), bookUuid);
    if (typeof change.after?.bookPk === 'string') {
      this.#bookOf.set(change.after.bookPk, bookUuid);
      this.#bookOf.set(`pk-${change.after.bookPk}`, bookUuid);
    }
    const partition = bookId === bookUuid ? '' : `${bookId} `;
    this.#add(bookUuid, `write ${partition}${item} ${describe(change)}`);
  }

  #addAbout(text: string, line: string): void {
    this.#add(this.#find(text), line);
  }

  #find(text: string): string | undefined {
    for (const [name, bookUuid] of this.#bookOf) if (text.includes(name)) return bookUuid;
    return undefined;
  }

  #add(bookUuid: string | undefined, line: string): void {
    if (bookUuid === undefined) return;
    this.#stories.get(bookUuid)?.push(`${new Date(this.#now()).toISOString()} ${line}`);
  }
}

const BODIES = new Set(['body', 'payload']);
/** What explains nothing to a reader of the story. */
const DULL = new Set([
  'bookId',
  'item',
  'revision',
  'updatedAt',
  'dueShard',
  'expiresAt',
  'bytes',
  'sha256',
  'encoding',
  'summary',
]);

/** What a write has changed. */
function describe({ key: { item }, before, after }: Change): string {
  if (after === undefined) return 'deleted';
  if (item.startsWith('EVENT#'))
    return `${after.eventName} ${after.outcome} ${after.reason ?? ''} ${after.codes ?? ''}`;
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => !DULL.has(name) && JSON.stringify(before?.[name]) !== JSON.stringify(after[name]),
  );
  return names.map((name) => (BODIES.has(name) ? name : `${name}=${JSON.stringify(after[name])}`)).join(' ');
}
