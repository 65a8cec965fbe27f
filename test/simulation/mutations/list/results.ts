import { type Mutation, mutationsOf } from '../mutation.ts';

export const RESULTS: readonly Mutation[] = [
  ...mutationsOf('shared/store/results.ts', {
    'a result of which a later page has changed keeps its generation': [
      'existing?.sha256 === hash && PageSet',
      'existing?.sha256 === hash || PageSet',
    ],
  }),
  ...mutationsOf('shared/reconcile/results/fetch.ts', {
    'a result of two answers counts as new as the later one': [
      '(isLater(a, b) ? b : a)',
      '(isLater(a, b) ? a : b)',
    ],
    'income counts as stored although its summary is not ready': ["'not-yet': 3,", "'not-yet': -1,"],
    'an answer that was not stored counts as the body that is': [
      "return { class: 'stored', ...answers, written: outcome };",
      "return { class: 'stored', ...asked, written: outcome };",
    ],
  }),
  ...mutationsOf('shared/reconcile/results/analytics.ts', {
    'the result of a job closes what was marked after its start': [
      'wanted: job.wanted, isJob: true };',
      'wanted, isJob: true };',
    ],
    'what a job has computed counts as new as its download': [
      '{ ...result.answer, askedAt: job.at }',
      'result.answer',
    ],
    'a job that Ocrolus does not know any more is asked for without end': [
      "if (reply.code === 'http-404' || isOver) return undefined;",
      '',
    ],
  }),
  ...mutationsOf('shared/reconcile/results/enriched-transactions.ts', {
    'pages that were asked for before a mark are part of its answer': [
      'page.generation < generation || page.answered < wanted',
      'page.generation < generation',
    ],
    'rows that were added while the pages were read are missing': [
      "if (again === undefined || fingerprint(again, reply.answer) !== print) return 'changed';",
      '',
    ],
    'a set of which another function has removed a page becomes the result': [
      'if (own.length !== pages - 1)',
      'if (all.length > 1_000_000)',
    ],
    'an empty page before the end cuts off the rest of the transactions': [
      'return isEmpty ? context.fetchAgain(call) : reply;',
      'return reply;',
    ],
  }),
  ...mutationsOf('shared/reconcile/results/enriched-page.ts', {
    'only the first page of enriched transactions is fetched': [
      '  if (length === 0) return true;\n',
      '  return true;\n',
    ],
  }),
  ...mutationsOf('shared/reconcile/results/signals.ts', {
    'signals of a document that Detect refuses are not asked for with those of its book': [
      'wanted, at: reply.askedAt, marks };',
      'wanted, at: reply.askedAt };',
    ],
  }),
];
