import { gunzipSync } from 'node:zlib';
import { DEFAULT_RESULTS, KINDS, policyFor, type ResultsPolicy } from '../../../shared/checklist/kinds.ts';
import { digestOf, isCapturable } from '../../../shared/checklist/observation.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { isEnded } from '../../../shared/events/statuses.ts';
import type { Item } from '../../../shared/store/table.ts';
import type { Fact } from './knowledge.ts';
import type { Machine } from './machine.ts';
import type { Life } from './moves.ts';
import {
  factOf,
  hasResultsOf,
  idOf,
  isPermanent,
  type LifeBook,
  type LifeDocument,
  mayBeRefused,
  OF_BOOK,
  observationOf,
} from './truth.ts';

interface Partition {
  readonly book: Item | undefined;
  readonly items: ReadonlyMap<string, Item>;
}

async function partition({ store }: Machine, bookId: string): Promise<Partition> {
  const items = new Map<string, Item>();
  for await (const item of store.query({ bookId })) items.set(String(item.item), item);
  return { book: items.get('BOOK'), items };
}

const policyOf = ({ always }: Life): ResultsPolicy => ({
  ...DEFAULT_RESULTS,
  ...Object.fromEntries(always.map((kind) => [kind, 'always'])),
});

/** What the table has of a result. */
interface Had {
  readonly kind: ResultKind;
  readonly subject: string;
  readonly has: number | undefined;
  readonly fact: Fact;
}

/** Every kind whose policy is `always`: which version of it the table has. */
function wantedOf(book: LifeBook, { items }: Partition, policy: ResultsPolicy): Had[] {
  const found: Had[] = [];
  const isVerified = book.status === 'VERIFIED';
  for (const document of book.documents.filter(isCaptured)) {
    const subject = idOf(document);
    for (const kind of ['forms', 'transactions'] as const) {
      const fact = factOf(book, kind, subject);
      const has = plainVersion(items.get(`RESULT#${kind}#${subject}`));
      if (policy[kind] === 'always') found.push({ kind, subject, has, fact });
    }
    if (!isVerified || document.isAbsentFromDetect || policy.signals !== 'always') continue;
    const fact = factOf(book, 'signals', subject);
    const has = signalsVersion(items, book, subject);
    found.push({ kind: 'signals', subject, has, fact });
  }
  if (!isVerified) return found;
  for (const kind of OF_BOOK) {
    if (kind !== 'classification' && !hasResultsOf(book)) continue;
    if (policyFor(policy, undefined, kind) !== 'always') continue;
    const fact = factOf(book, kind, book.uuid);
    const has = plainVersion(items.get(`RESULT#${kind}#${book.uuid}`));
    found.push({ kind, subject: book.uuid, has, fact });
  }
  return found;
}

const isCaptured = ({ status, isMixed, isListed, uuid }: LifeDocument) =>
  isListed && uuid !== undefined && isCapturable({ status, mixed: isMixed });

function parse(item: Item | undefined): {
  version?: number;
  doc_analysis?: { uploaded_doc_uuid: string; detect_status: string; version: number }[];
} {
  return item?.body === undefined ? {} : JSON.parse(gunzipSync(item.body as Uint8Array).toString());
}

const plainVersion = (item: Item | undefined) => parse(item).version;

/** What the latest body that has the document says of it: its own, or the book's. */
function signalsVersion(
  items: ReadonlyMap<string, Item>,
  book: LifeBook,
  subject: string,
): number | undefined {
  const versions = [items.get(`RESULT#signals#${subject}`), items.get(`RESULT#signals#${book.uuid}`)].flatMap(
    (item) =>
      (parse(item).doc_analysis ?? []).filter(
        ({ uploaded_doc_uuid: id, detect_status: state }) => id === subject && state === 'COMPLETED',
      ),
  );
  return versions.length === 0 ? undefined : Math.max(...versions.map(({ version }) => version));
}

const say = ({ kind, subject, has, fact }: Had) =>
  `${kind} ${subject}: stored ${has ?? 'nothing'}, Ocrolus has ${isPermanent(fact) ? 'a permanent refusal of ' : ''}${fact.version} (since its last change of status ${fact.base}, announced ${fact.edited})`;

/** The version that the system had to notice, or that was announced; or Ocrolus refuses it. */
function isThere({ has = 0, fact }: Had): boolean {
  const least = Math.max(fact.base, fact.edited);
  return has >= least || mayBeRefused(fact, least);
}

/** All of what Book status lists is done. */
function isDone(book: LifeBook): boolean {
  const listed = book.documents.filter(({ isListed }) => isListed);
  return book.status === 'VERIFIED' && !book.isPartial && listed.every(({ status }) => isEnded(status));
}

/**
 * An event has named a result that Ocrolus does not give. docs/data-model.md: "any other refusal [...]: asked again",
 * "expired results stay in missing and keep the book from being complete".
 */
function isFalselyAnnounced(book: LifeBook, kind: ResultKind): boolean {
  if (!hasResultsOf(book)) return kind !== 'classification';
  if (kind !== 'signals') return false;
  return book.documents.some(
    (one) => one.isAbsentFromDetect || factOf(book, 'signals', idOf(one)).version === 0 || !one.isListed,
  );
}

/** While no Lambda runs: `complete` is true only where nothing is known to be missing. */
export async function whatIsWrongNow(machine: Machine, life: Life): Promise<string[]> {
  const problems: string[] = [];
  for (const book of machine.ocrolus.books) {
    const stored = await partition(machine, book.uuid);
    if (stored.book?.complete !== true) continue;
    const digest = digestOf(observationOf(book));
    // The table is about what Ocrolus said last, where a run has come to its end with that.
    if (stored.book.digest !== digest || book.knowledge.lastDone !== digest) continue;
    if (!isDone(book)) problems.push(`${book.uuid}: complete, and not done`);
    for (const had of wantedOf(book, stored, policyOf(life))) {
      const { base } = had.fact;
      const isExcused = mayBeRefused(had.fact, base) || (had.has ?? 0) >= base;
      if (!isExcused) problems.push(`${book.uuid}: complete without ${say(had)}`);
    }
  }
  return problems;
}

/** When all is over: the table is what Ocrolus has. */
export async function whatIsWrong(
  machine: Machine,
  life: Life,
  announced: (book: LifeBook) => ReadonlySet<ResultKind>,
): Promise<string[]> {
  const problems: string[] = [];
  const policy = policyOf(life);
  for (const book of machine.ocrolus.books) {
    const stored = await partition(machine, book.uuid);
    const wrong = (text: string) => problems.push(`${book.uuid}: ${text}`);
    if (stored.book?.status !== book.status) {
      wrong(`status ${stored.book?.status} instead of ${book.status}`);
      continue;
    }
    if (book.status === 'DELETED') {
      if (stored.book.complete !== undefined) wrong('deleted, and complete is set');
      continue;
    }
    for (const document of book.documents) {
      const { status } = stored.items.get(`DOC#${idOf(document)}`) ?? {};
      const expected = document.isListed ? [document.status] : ['UNLISTED', 'DELETED', undefined];
      if (!expected.includes(status as string | undefined) && document.status !== 'DELETED')
        wrong(`document ${idOf(document)} is ${status} instead of ${expected[0]}`);
    }
    const isDisabled = (kind: string) => life.disabled.includes(kind);
    for (const had of wantedOf(book, stored, policy)) {
      if (!isThere(had) && !isDisabled(had.kind)) wrong(say(had));
    }
    for (const kind of OF_BOOK.filter((one) => policy[one] === 'announced')) {
      if (book.status !== 'VERIFIED' || !hasResultsOf(book) || isDisabled(kind)) continue;
      const fact = factOf(book, kind, book.uuid);
      const has = plainVersion(stored.items.get(`RESULT#${kind}#${book.uuid}`));
      // "It ends when the result is stored, with a permanent code, or with the third refusal."
      const isFound = KINDS[kind].probe && fact.refusals === 0;
      const had = { kind, subject: book.uuid, has, fact };
      if (isFound && !isThere(had)) wrong(say(had));
    }
    const isOpenForGood =
      hasResultsOf(book) && life.disabled.some((kind) => policy[kind as ResultKind] === 'always');
    const mayBeOpen = [...announced(book)].some((kind) => isDisabled(kind) || isFalselyAnnounced(book, kind));
    const complete = isDone(book) && !isOpenForGood;
    if (stored.book.complete !== complete && !mayBeOpen)
      wrong(`complete is ${stored.book.complete}, open: ${JSON.stringify(stored.book.open)}`);
  }
  problems.push(...(await ledgerProblems(machine)));
  if (machine.queue.length > 0) problems.push(`${machine.queue.length} messages are left`);
  return problems;
}

/** docs/data-model.md: "Every accepted delivery has one final ledger entry." */
async function ledgerProblems(machine: Machine): Promise<string[]> {
  const outcomes = new Map<string, string[]>();
  const ids = machine.ocrolus.books.flatMap(({ uuid, pk }) => [uuid, `pk-${pk}`]);
  for (const bookId of ['account', ...ids]) {
    for (const [name, item] of (await partition(machine, bookId)).items) {
      if (name.startsWith('EVENT#')) {
        const id = String(item.deliveryId);
        outcomes.set(id, [...(outcomes.get(id) ?? []), `${bookId} ${item.outcome}`]);
      }
      if (name.startsWith('OPEN#')) outcomes.set(name, ['is left']);
    }
  }
  const problems: string[] = [];
  for (const id of machine.accepted) {
    const found = outcomes.get(id) ?? [];
    if (found.length !== 1 || found[0]?.endsWith('retrying'))
      problems.push(`ledger of ${id}: ${found.join(', ')}`);
  }
  return problems;
}
