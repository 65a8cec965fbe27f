import { type Answer, afterAnswer } from '../checklist/entry.ts';
import type { Line } from '../checklist/lines.ts';
import { FIFTEEN } from '../checklist/times.ts';
import type { Doc } from '../ocrolus/truth.ts';
import type { DocKind } from '../table/items.ts';
import { markDerived } from './mark.ts';
import { askForRows } from './pages.ts';
import { call, type Process, type Steps, updateDoc } from './process.ts';
import {
  askForForms,
  askForIncome,
  askForSignals,
  askForSignalsOf,
  askForStubs,
  askForSummary,
  type Target,
} from './results.ts';

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
    const answer = yield* askFor(process, line);
    if (answer === 'throttled') process.isThrottled = true;
    else asked.push({ line, answer });
  };
  const askAbout = function* (doc: Doc | undefined, group: readonly Line[]): Steps<void> {
    if (process.isThrottled) return;
    yield* together(group.map(ask));
    const own = asked.filter(({ line }) => group.includes(line));
    if (doc !== undefined && own.length > 0) yield* writeAnswers(process, doc, own);
  };
  const groups = Map.groupBy(lines, ({ doc, name }) => doc ?? name);
  yield* together([...groups.values()].map((group) => askAbout(group[0]?.doc, group)));
  return asked;
}

/** One step of each in turn. An error is thrown when all have ended. */
function* together(works: readonly Steps<void>[]): Steps<void> {
  const left = [...works];
  const errors: unknown[] = [];
  for (let work = left.shift(); work !== undefined; work = left.shift()) {
    try {
      if (work.next().done !== true) left.push(work);
    } catch (error) {
      errors.push(error);
    }
    if (left.length > 0) yield;
  }
  if (errors.length > 0) throw errors[0];
}

function* writeAnswers(process: Process, doc: Doc, own: readonly Asked[]): Steps<void> {
  const { system, clock } = process;
  const { design } = system.rules;
  yield* updateDoc(process, doc, (item) => {
    let next = item;
    for (const { line, answer } of own) {
      if (next === undefined) return undefined;
      const kind = line.kind as DocKind;
      const entry = afterAnswer(next.entries[kind], answer, { design, clock: clock(), endedAt: undefined });
      const isAnalyzed = kind === 'signals' && answer.outcome === 'stored';
      const detect = isAnalyzed ? { detect: { isDone: true, at: answer.at } } : {};
      next = { ...next, entries: { ...next.entries, [kind]: entry }, ...detect };
    }
    return next;
  });
}

function* askFor(process: Process, { doc, kind, wanted, entry }: Line): Steps<Answer | 'throttled'> {
  const { system, clock, book } = process;
  const { asked } = system.counts;
  asked[kind] = (asked[kind] ?? 0) + 1;
  const target: Target = {
    process,
    entry,
    request: { wanted, at: clock() },
    generation: book?.generation ?? 1,
  };
  if (kind === 'rows') return yield* askForRows(target);
  const failure = yield* call(process);
  if (failure === 'failed') return { ...target.request, outcome: 'failed' };
  if (failure !== undefined) return failure;
  if (kind === 'summary') return yield* askForSummary(target);
  if (kind === 'income') return yield* askForIncome(target);
  if (kind === 'stubs') return yield* askForStubs(target);
  if (doc === undefined) return yield* askForSignals(target);
  if (kind === 'signals') return yield* askForSignalsOf(target, doc);
  return yield* askForForms(target, doc, (isFirst) => beforeChange(process, doc, isFirst));
}

/** Before the body of a document is stored that differs from the one before, or is the first. */
function* beforeChange(process: Process, doc: Doc, isFirst: boolean): Steps<void> {
  const { system, book, docs, clock } = process;
  const { derivedMarks, firstBodyMarks, derivedReadsBook } = system.rules.design;
  const isLate = (docs.get(doc)?.observedAt ?? clock()) < clock() - FIFTEEN;
  if (!derivedMarks || (isFirst && !(isLate && firstBodyMarks))) return;
  if (book?.endedAt === undefined && !derivedReadsBook) return;
  yield* markDerived(process, isFirst);
}
