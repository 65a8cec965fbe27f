import type { Mutation } from '../mutation.ts';

const FETCH = 'shared/reconcile/results/fetch.ts';
const ANALYTICS = 'shared/reconcile/results/analytics.ts';
const ENRICHED_TRANSACTIONS = 'shared/reconcile/results/enriched-transactions.ts';
const ENRICHED_PAGE = 'shared/reconcile/results/enriched-page.ts';
const SIGNALS = 'shared/reconcile/results/signals.ts';

export const RESULTS: readonly Mutation[] = [
  {
    file: 'shared/store/results.ts',
    search: 'existing?.sha256 === hash && PageSet',
    replace: 'existing?.sha256 === hash || PageSet',
    why: 'a result of which a later page has changed keeps its generation',
  },
  {
    file: FETCH,
    search: '(isLater(a, b) ? b : a)',
    replace: '(isLater(a, b) ? a : b)',
    why: 'a result of two answers counts as new as the later one',
  },
  {
    file: FETCH,
    search: "'not-yet': 3,",
    replace: "'not-yet': -1,",
    why: 'income counts as stored although its summary is not ready',
  },
  {
    file: FETCH,
    search: "return { class: 'stored', ...answers, written: outcome };",
    replace: "return { class: 'stored', ...asked, written: outcome };",
    why: 'an answer that was not stored counts as the body that is',
  },
  {
    file: ANALYTICS,
    search: 'wanted: job.wanted, isJob: true };',
    replace: 'wanted, isJob: true };',
    why: 'the result of a job closes what was marked after its start',
  },
  {
    file: ANALYTICS,
    search: '{ ...result.answer, askedAt: job.at }',
    replace: 'result.answer',
    why: 'what a job has computed counts as new as its download',
  },
  {
    file: ANALYTICS,
    search: "if (reply.code === 'http-404' || isOver) return undefined;",
    replace: '',
    why: 'a job that Ocrolus does not know any more is asked for without end',
  },
  {
    file: ENRICHED_TRANSACTIONS,
    search: 'page.generation < generation || page.answered < wanted',
    replace: 'page.generation < generation',
    why: 'pages that were asked for before a mark are part of its answer',
  },
  {
    file: ENRICHED_TRANSACTIONS,
    search: "if (again === undefined || fingerprint(again, reply.answer) !== print) return 'changed';",
    replace: '',
    why: 'rows that were added while the pages were read are missing',
  },
  {
    file: ENRICHED_TRANSACTIONS,
    search: 'if (own.length !== pages - 1)',
    replace: 'if (all.length > 1_000_000)',
    why: 'a set of which another function has removed a page becomes the result',
  },
  {
    file: ENRICHED_TRANSACTIONS,
    search: 'return isEmpty ? context.fetchAgain(call) : reply;',
    replace: 'return reply;',
    why: 'an empty page before the end cuts off the rest of the transactions',
  },
  {
    file: ENRICHED_PAGE,
    search: '  if (length === 0) return true;\n',
    replace: '  return true;\n',
    why: 'only the first page of enriched transactions is fetched',
  },
  {
    file: SIGNALS,
    search: 'wanted, at: reply.askedAt, marks };',
    replace: 'wanted, at: reply.askedAt };',
    why: 'signals of a document that Detect refuses are not asked for with those of its book',
  },
];
