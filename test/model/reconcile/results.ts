import { isEqual } from '../../../shared/store/is-equal.ts';
import { type Answer, type Entry, isLater, type Pair } from '../checklist/entry.ts';
import { DAY, DETECT_WAITS } from '../checklist/times.ts';
import { computed, detected, forms, isRefused } from '../ocrolus/calls.ts';
import { DOCS, type Doc } from '../ocrolus/truth.ts';
import { type Body, type DocItem, isStoredAs, type PageSet } from '../table/items.ts';
import { markSignals } from './mark.ts';
import { type Process, type Steps, updateDoc } from './process.ts';

/** A result to ask for, with the state that was read before. */
export interface Target {
  readonly process: Process;
  readonly entry: Entry;
  readonly request: Pair;
  readonly generation: number;
}

type BeforeChange = (isFirst: boolean) => Steps<void>;

export function* askForForms(target: Target, doc: Doc, beforeChange: BeforeChange): Steps<Answer> {
  const { request, process } = target;
  const body = process.system.isEarly() ? undefined : forms(process.system.truth, doc);
  if (body === undefined) return { ...request, outcome: 'not-yet' };
  return yield* store(target, `${doc}/forms`, { body, beforeChange });
}

/** Asks for the job of an earlier request until it ends. Jobs live a day. */
export function* askForSummary(target: Target): Steps<Answer> {
  const { process, entry, request } = target;
  const { system, clock } = process;
  const { truth } = system;
  const { job } = entry;
  if (job?.work !== undefined && clock() - job.at < DAY) {
    const { doneAt, revision } = job.work;
    if (doneAt > system.now()) return { ...request, outcome: 'not-yet', job };
    if (revision === undefined) return { ...request, outcome: 'job-failed' };
    const wanted = system.rules.design.jobKeepsMark ? job.wanted : request.wanted;
    const started = { ...target, request: { wanted, at: job.at } };
    return yield* store(started, 'summary', { body: { summary: revision } });
  }
  if (isRefused(truth, system.now())) return { ...request, outcome: 'refused' };
  const body = computed(truth, 'summary', system.now());
  if (body === undefined) return { ...request, outcome: 'not-yet' };
  if (!system.isJob()) return yield* store(target, 'summary', { body });
  const isFailing = truth.failingJobs > 0;
  if (isFailing) truth.failingJobs -= 1;
  const work = { doneAt: system.now() + 30, revision: isFailing ? undefined : body.summary };
  return { ...request, outcome: 'not-yet', job: { ...request, work } };
}

export function* askForIncome(target: Target): Steps<Answer> {
  const { truth, now } = target.process.system;
  const body = computed(truth, 'income', now());
  if (body === undefined) return { ...target.request, outcome: 'not-yet' };
  return yield* store(target, 'income', { body });
}

/** Pay stubs of all documents, which have no event of their own. */
export function* askForStubs(target: Target): Steps<Answer> {
  const { truth } = target.process.system;
  const body = Object.assign({}, ...DOCS.map((doc) => forms(truth, doc) ?? {}));
  return yield* store(target, 'stubs', { body });
}

/** Detect's call for a document. Where it is refused, the book's take its place. */
export function* askForSignalsOf(target: Target, doc: Doc): Steps<Answer> {
  const { process, request } = target;
  const { system } = process;
  if (system.refusesSignals()) {
    if (system.rules.design.refusedSignalsMarkBook) yield* markSignals(process);
    return { ...request, outcome: 'permanent' };
  }
  const revision = detected(system.truth, system.now())[doc] ?? 0;
  if (revision === 0) return { ...request, outcome: 'not-yet' };
  return yield* store(target, `${doc}/signals`, { body: { [doc]: revision } });
}

/** Detect's call for the book: it lists documents, late ones after days. Not all of it is there while it lacks one. */
export function* askForSignals(target: Target): Steps<Answer> {
  const { process, request } = target;
  const { system, clock, book } = process;
  const { table, rules } = system;
  const body = detected(system.truth, system.now());
  const stored = yield* store(target, 'signals', { body });
  yield;
  const docs = table.docs();
  const analyzed = (item: DocItem | undefined) => {
    const isOlder = item?.detect !== undefined && item.detect.at > request.at;
    return item && !isOlder ? { ...item, detect: { isDone: true, at: request.at } } : item;
  };
  for (const [doc, known] of docs) {
    const isAnalyzed = (body[doc] ?? 0) > 0 && known.isBroken !== true;
    if (isAnalyzed) yield* updateDoc(process, doc, analyzed, { known, isInFocus: false });
  }
  if (stored.outcome !== 'stored' || !rules.design.signalsWait) return stored;
  if (Object.values(body).includes(0)) return { ...stored, outcome: 'not-yet' };
  const isUnreadable = [...docs.values()].some(({ isBroken }) => isBroken === true);
  const isStored = !isUnreadable && book !== undefined && isStoredAs(book, docs);
  const isOfBook = !rules.design.signalsCompare || isStored;
  const isUnstored = DOCS.some((doc) => body[doc] !== undefined && !docs.has(doc));
  const isLacking = [...docs].some(([doc, { status }]) => status === 'verified' && body[doc] === undefined);
  const isObserved = process.observation !== undefined && process.isWhole;
  if (!isLacking && isOfBook && (isObserved || !isUnstored)) return stored;
  const isLate = book?.endedAt !== undefined && clock() - book.endedAt >= DETECT_WAITS;
  return isLate ? { ...stored, isPartial: true } : { ...stored, outcome: 'not-yet' };
}

/** Stores a body (shared/store/results.ts). If a later one is stored already, the entry takes that one's pair. */
export function* store(
  { process, request }: Target,
  key: string,
  { body, set, beforeChange }: { body: Body; set?: PageSet | undefined; beforeChange?: BeforeChange },
): Steps<Answer> {
  const { table, rules } = process.system;
  const { staleTakesStored, derivedBeforeBody } = rules.design;
  yield;
  for (let existing = table.result(key); ; existing = table.result(key)) {
    const kept = existing && { wanted: existing.answered, at: existing.at };
    if (kept !== undefined && !isLater(rules.design, request, kept))
      return staleTakesStored ? { ...kept, outcome: 'stored' } : { ...request, outcome: 'not-yet' };
    const isChanged = beforeChange !== undefined && !isEqual(existing?.body, body);
    if (isChanged && derivedBeforeBody) yield* beforeChange(existing === undefined);
    const at = Math.max(request.at, existing?.at ?? 0);
    yield;
    if (!table.putResult(key, existing, { answered: request.wanted, at, body, set })) continue;
    if (isChanged && !derivedBeforeBody) yield* beforeChange(existing === undefined);
    return { ...request, outcome: 'stored' };
  }
}
