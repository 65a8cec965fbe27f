import { isEqual } from '../../../shared/store/is-equal.ts';
import { type Answer, afterAnswer, FIFTEEN, isLater } from '../entry.ts';
import type { Line } from '../lines.ts';
import { answerOf } from '../ocrolus.ts';
import { type Body, type Doc, isDoc } from '../table.ts';
import { markDerived } from './mark.ts';
import { call, type Process, type Steps, updateDoc } from './process.ts';

/** One result that was asked for. */
export interface Asked {
  readonly line: Line;
  readonly answer: Answer;
}

/**
 * Asks for results at the same time, stores them, and writes the answers about each document into it. Those of the book are
 * written by `settle`. What there is no permit for stays as it is: marked, and due.
 */
export function* askAll(process: Process, lines: readonly Line[]): Steps<readonly Asked[]> {
  const asked: Asked[] = [];
  const ask = function* (line: Line): Steps<void> {
    if (process.isThrottled) return;
    const answer = yield* askFor(process, line);
    if (answer === 'throttled') process.isThrottled = true;
    else {
      asked.push({ line, answer });
      yield* writeAnswer(process, line, answer);
    }
  };
  yield* together(lines.map(ask));
  return asked;
}

/** One step of each in turn. */
function* together(works: readonly Steps<void>[]): Steps<void> {
  const left = [...works];
  for (let work = left.shift(); work !== undefined; work = left.shift()) {
    if (work.next().done !== true) left.push(work);
    if (left.length > 0) yield;
  }
}

function* writeAnswer(process: Process, { name }: Line, answer: Answer): Steps<void> {
  if (!isDoc(name)) return;
  const clock = process.clock();
  yield* updateDoc(
    process,
    name,
    (item) => item && { ...item, forms: afterAnswer(item.forms, answer, { clock }) },
  );
}

function* askFor(process: Process, { name, wanted }: Line): Steps<Answer | 'throttled'> {
  const { system, clock } = process;
  const request = { wanted, at: clock() };
  const failure = yield* call(process);
  if (failure === 'failed') return { ...request, outcome: failure };
  if (failure !== undefined) return failure;
  const body = isDoc(name) && system.isEarly() ? undefined : answerOf(system.truth, name, system.now());
  if (body === undefined) return { ...request, outcome: 'not-yet' };
  return yield* store(process, { name, body, request });
}

/** Stores a body (shared/store/results.ts). If a later one is stored already, the entry takes that one's pair. */
function* store(
  process: Process,
  { name, body, request }: { name: Line['name']; body: Body; request: Omit<Answer, 'outcome'> },
): Steps<Answer> {
  const { table } = process.system;
  yield;
  for (let existing = table.result(name); ; existing = table.result(name)) {
    const kept = existing && { wanted: existing.answered, at: existing.at };
    if (kept !== undefined && !isLater(request, kept)) return { ...kept, outcome: 'stored' };
    const isChanged = isDoc(name) && !isEqual(existing?.body, body);
    const isFirst = existing === undefined;
    if (isChanged) yield* beforeChange(process, name, isFirst);
    const at = Math.max(request.at, existing?.at ?? 0);
    yield;
    if (table.putResult(name, existing, { answered: request.wanted, at, body }))
      return { ...request, outcome: 'stored' };
  }
}

/** Before the body of a document is stored that differs from the one before, or is the first. */
function* beforeChange(process: Process, doc: Doc, isFirst: boolean): Steps<void> {
  const { docs, clock } = process;
  const isLate = (docs.get(doc)?.observedAt ?? clock()) < clock() - FIFTEEN;
  if (!isFirst || isLate) yield* markDerived(process, isFirst);
}
