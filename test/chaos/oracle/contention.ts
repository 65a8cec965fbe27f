import type { Answered, Passing } from '../inject/proxy.ts';

interface Writes {
  written: number;
  /** Another writer came between reading and writing. */
  conflicts: number;
}

/** Counts the conditional writes by kind of item. */
export class Contention {
  readonly writes: Record<string, Writes> = {};

  observe({ operation, body }: Passing, answered: Answered): void {
    if (operation !== 'PutItem' && operation !== 'UpdateItem') return;
    const isConflict = answered.status === 400 && answered.body.includes('ConditionalCheckFailed');
    if (answered.status !== 200 && !isConflict) return;
    const { Item, Key } = JSON.parse(body.toString('utf8'));
    const { bookId, item } = Item ?? Key;
    const [kind = ''] = String(item?.S).split('#');
    const name = /^(BOOK|DOC|RESULT|EVENT)$/.test(kind) ? kind : `${bookId?.S}`;
    this.writes[name] ??= { written: 0, conflicts: 0 };
    this.writes[name][isConflict ? 'conflicts' : 'written'] += 1;
  }
}
