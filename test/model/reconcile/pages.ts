import type { Answer } from '../checklist/entry.ts';
import { page } from '../ocrolus/calls.ts';
import type { Page } from '../table/items.ts';
import { call, type Steps } from './process.ts';
import { store, type Target } from './results.ts';

const RESTARTS = 3;

/**
 * Enriched transactions (shared/reconcile/results/enriched-transactions.ts): a set of pages, of which the first one names the
 * set and is stored last. An interrupted set is continued if its pages were asked for the same mark or a later one.
 */
export function* askForRows(target: Target): Steps<Answer | 'throttled'> {
  for (let restarts = 0; restarts <= RESTARTS; restarts += 1) {
    const answer = yield* readSet(target);
    if (answer === 'failed') return { ...target.request, outcome: answer };
    if (answer !== 'changed') return answer;
  }
  return { ...target.request, outcome: 'not-yet' };
}

interface First {
  readonly revision: number;
  readonly total: number;
}

function* readSet(target: Target): Steps<Answer | 'changed' | 'failed' | 'throttled'> {
  const { process, request, generation } = target;
  const { system, clock } = process;
  const { truth, table, rules } = system;
  const { firstPageLast, setsStartOver } = rules.design;
  const notYet = { ...request, outcome: 'not-yet' } as const;
  const failure = yield* call(process);
  if (failure !== undefined) return failure;
  const first = page(truth, 0);
  if (first === undefined) return notYet;
  yield;
  const replaced = table.result('rows')?.set?.id;
  const pages = longestOf(target, table.pages(), { first, replaced });
  const id = pages[0]?.set ?? `${clock()}-${system.counts.calls}`;
  if (!firstPageLast) yield* name(target, first, { id, pages: [] });
  let hasProgressed = false;
  for (let index = pages.length + 1; index < first.total; index += 1) {
    const at = clock();
    const problem = yield* call(process);
    if (problem !== undefined) return hasProgressed ? notYet : problem;
    const next = page(truth, index);
    if (next === undefined || (setsStartOver && next.total !== first.total)) return 'changed';
    const own = { ...next, set: id, index, answered: request.wanted, at, generation, first: first.revision };
    yield;
    table.putPage(own);
    pages.push(own);
    hasProgressed = true;
  }
  // The first page again: if it has changed meanwhile, so may have all others.
  const at = clock();
  const problem = yield* call(process);
  if (problem !== undefined) return problem;
  const again = page(truth, 0);
  if (setsStartOver && (again?.revision !== first.revision || again.total !== first.total)) return 'changed';
  yield;
  const stored = table.pages().filter(({ set }) => set === id);
  if (stored.length !== first.total - 1) return notYet;
  const asked = { ...target, request: { ...request, at } };
  const answer = yield* name(asked, first, { id, pages: stored });
  if (answer.outcome !== 'stored') return answer;
  yield;
  const current = table.result('rows')?.set?.id;
  yield;
  const isReplaced = ({ set }: Page) => set === replaced && !rules.design.replacedSetsStay;
  const isSurplus = (one: Page) => isReplaced(one) || one.answered < request.wanted;
  table.deletePages((one) => one.set !== current && isSurplus(one));
  return answer;
}

/** Stores the first page, which switches readers to the set. */
function* name(
  target: Target,
  first: First,
  { id, pages }: { id: string; pages: readonly Page[] },
): Steps<Answer> {
  const body = Object.fromEntries([first, ...pages].map(({ revision }, index) => [index, revision]));
  return yield* store(target, 'rows', { body, set: { id, pages: first.total } });
}

/** The longest unbroken start of a set with the same first page, other than the one that readers see already. */
function longestOf(
  { process, request, generation }: Target,
  pages: readonly Page[],
  { first, replaced }: { first: First; replaced: string | undefined },
): Page[] {
  const { pagesKeepMark } = process.system.rules.design;
  const isSame = (one: Page) => one.first === first.revision && one.total === first.total;
  const isUsable = (one: Page) => one.answered >= request.wanted && one.generation >= generation;
  const usable = pages.filter(
    (one) => one.set !== replaced && isSame(one) && (!pagesKeepMark || isUsable(one)),
  );
  let longest: Page[] = [];
  for (const set of Map.groupBy(usable, (one) => one.set).values()) {
    const unbroken = set.filter(({ index }, position) => index === position + 1);
    if (unbroken.length > longest.length) longest = unbroken;
  }
  return longest;
}
