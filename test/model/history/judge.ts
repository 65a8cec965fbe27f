import { type Entry, FIFTEEN } from '../entry.ts';
import { isOpen, linesOf } from '../lines.ts';
import type { Message, System } from '../reconcile/process.ts';
import { DOCS, isDoc } from '../table.ts';

/** Twice what any history has taken. */
const MOST_LOOKS = 600;

interface Watched {
  readonly system: System;
  /** All of them, so far. */
  readonly messages: readonly Message[];
  readonly skew: number;
  readonly trace: ((text: string) => void) | undefined;
}

/** Invariants that must hold at every moment, and in the end (docs/decisions/0028). */
export class Judge {
  readonly violations: string[] = [];
  readonly #watched: Watched;
  readonly #entries = new Map<string, Entry>();
  #wasComplete = false;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  violate(text: string): void {
    this.#watched.trace?.(`VIOLATION ${text}`);
    if (!this.violations.includes(text)) this.violations.push(text);
  }

  afterWrite(item: string): void {
    const { table } = this.#watched.system;
    const stored = item === 'BOOK' ? table.book : isDoc(item) ? table.docs.get(item) : undefined;
    this.#watched.trace?.(`  ${item} ${JSON.stringify(stored ?? {})}`);
    if (item === 'expired') this.#entries.clear();
    const ofDocs = [...table.docs].map(([doc, { forms }]) => [doc, forms] as const);
    for (const [name, entry] of [...Object.entries(table.book?.entries ?? {}), ...ofDocs]) {
      if (entry === undefined) continue;
      const { wanted, answered } = this.#entries.get(name) ?? entry;
      if (entry.wanted < wanted) this.violate(`wanted of ${name} decreases`);
      if (entry.answered < answered) this.violate(`answered of ${name} decreases`);
      this.#entries.set(name, entry);
    }
    if (item === 'BOOK' && !this.#wasComplete) this.#checkComplete('when it is written');
    this.#wasComplete = table.book?.complete === true;
  }

  afterMessage({ id }: Message): void {
    this.#checkComplete(`after message ${id}`);
  }

  atEnd(): void {
    const { system } = this.#watched;
    this.#checkComplete('in the end');
    if (system.counts.looks > MOST_LOOKS) this.violate('the book is looked at too often');
    for (const text of missingInTheEnd(system)) this.violate(text);
  }

  #checkComplete(where: string): void {
    const { system, messages, skew } = this.#watched;
    const { book, docs } = system.table;
    if (book?.complete !== true) return;
    if (book.endedAt === undefined) this.violate(`complete before the end, ${where}`);
    const writers = (name: string) => messages.filter(({ touched }) => isDoc(name) && touched.has(name));
    const isAtWork = ({ isDone, inProgress }: Message) => !isDone || inProgress > 0;
    const unknown = DOCS.filter((doc) => book.digest?.docs[doc] === 'verified' && !docs.has(doc));
    const lines = linesOf(system.policies, book, docs).filter(isOpen);
    // A message that has written a document may not have written its book yet.
    const open = [...lines.map(({ name }) => name), ...unknown].filter(
      (name) => !writers(name).some(isAtWork),
    );
    if (open.length === 0) return;
    // The design accepts that `complete` is true for minutes if SQS has delivered a message twice, and one copy ended it.
    const isByCopy = open.every((name) => writers(name).some(({ hadCopies }) => hadCopies));
    const isDueSoon = (book.dueAt ?? Number.POSITIVE_INFINITY) <= system.now() + FIFTEEN + 2 * skew;
    if (!isByCopy || !isDueSoon || where === 'in the end')
      this.violate(`complete while open, ${where}: ${open.join(' ')}`);
  }
}

/** Results that the table lacks in the end. */
function missingInTheEnd({ table, truth, policies }: System): string[] {
  const { due } = truth;
  const missing: string[] = [];
  const isFinished = DOCS.every((doc) => truth.docs[doc].status !== 'processing');
  const want = (key: string, part: string, wanted = 0) => {
    const have = table.result(key)?.body[part] ?? 0;
    if (have < wanted) missing.push(`${part} of ${key} has revision ${have}, not ${wanted}`);
  };
  const isEnded = truth.book === 'by document' ? isFinished : truth.book === 'verified';
  for (const doc of DOCS) {
    const { status } = truth.docs[doc];
    const stored = table.docs.get(doc)?.status ?? 'unlisted';
    if (stored !== status) missing.push(`${doc} is ${stored}, not ${status}`);
    if (status !== 'verified') continue;
    want(doc, doc, due[doc]);
    if (policies.stubs !== 'never' && isEnded) want('stubs', doc, due[doc]);
  }
  for (const kind of ['summary', 'income'] as const)
    if (policies[kind] !== 'never' && isEnded && truth.summary.isReady) want(kind, kind, due[kind]);
  if ((table.book?.complete ?? false) !== (isEnded && isFinished && truth.summary.isReady))
    missing.push(`complete is ${table.book?.complete}`);
  return missing;
}
