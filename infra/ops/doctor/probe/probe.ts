import { KINDS, type Policy } from '../../../../shared/checklist/kinds.ts';
import { RESULT_KINDS, type ResultKind } from '../../../../shared/events/catalog.ts';
import { hasResults } from '../../../../shared/events/statuses.ts';
import { asFailure } from '../../../../shared/failure.ts';
import { listBooks } from '../../../../shared/ocrolus/book-list.ts';
import { readBookStatus } from '../../../../shared/ocrolus/book-status.ts';
import { BOOKS_LIMIT, callOfKind, calls } from '../../../../shared/ocrolus/calls.ts';
import { type NetworkPorts, openNetworkPorts } from '../../../../shared/ports.ts';
import { tableText } from '../../../command-line/table-text.ts';
import type { Output, Session } from '../../stack-command.ts';
import type { OcrolusAccess } from '../../target/target.ts';
import { type Checked, fail, ok, reportOf, runChecks } from '../check.ts';
import { openProbeClient, type ProbeClient } from './ask.ts';
import { meaningOf, type ProbedKind, settingOf } from './policy.ts';

/** Book and document that are asked about. */
interface ProbedBook {
  readonly bookUuid: string;
  /** A finished document, if there is one. */
  readonly docUuid: string | undefined;
}

/**
 * Makes first contact with an Ocrolus: a token, a book, and one call for each kind of result. Only reads, and shows
 * ids, codes and sizes, never the content of a body.
 */
export async function probe(
  access: OcrolusAccess,
  book: string | undefined,
  screen: Session['screen'],
  ports: NetworkPorts = openNetworkPorts(),
): Promise<Output> {
  const asker = openProbeClient(access, ports);
  const { checked, probed } = await findBook(asker, access, book);
  if (probed === undefined) return reportOf(checked, screen);
  const asked: ProbedKind[] = [];
  for (const kind of RESULT_KINDS) {
    const call = callOfKind(kind, probed);
    // The images of Detect begin with the call for signals, which says nothing about them.
    if (call === undefined || kind === 'visualizations') continue;
    const answered = await asker.ask(call);
    asked.push({ kindOfResult: kind, ...answered, meaning: meaningOf(kind, call, answered) });
  }
  const answers = summaryOf(asked);
  const report = reportOf([...checked, answers], screen);
  // A refusal of every kind says nothing about single products.
  const setting = answers.state === 'ok' ? settingOf(asked) : null;
  return withKinds(report, asked, { book: probed.bookUuid, setting }, screen);
}

async function findBook(
  asker: ProbeClient,
  { apiUrl, authUrl }: OcrolusAccess,
  book: string | undefined,
): Promise<{ readonly checked: Checked[]; readonly probed?: ProbedBook }> {
  const checked: Checked[] = [];
  /** Runs a step; later steps need the values of earlier ones. */
  const step = async <T>(name: string, todo: string, work: () => Promise<{ found: string; value: T }>) => {
    let value: T | undefined;
    const run = async () => {
      try {
        const done = await work();
        value = done.value;
        return ok(done.found);
      } catch (error) {
        return fail(error instanceof NothingToAsk ? error.message : asFailure(error).code, todo);
      }
    };
    checked.push(...(await runChecks([{ name, otherwise: todo, run }], undefined)));
    return value;
  };

  const token = await step(
    'token',
    'check client id and client secret; docs/runbook.md#ocrolus-unavailable',
    async () => {
      const format = await asker.token();
      return { found: `given by ${authUrl}, format ${format}`, value: true };
    },
  );
  if (token === undefined) return { checked };
  const uuid = await step(
    'book list',
    '429: the limit is used up; http-5xx: Ocrolus does not work; auth: the token is not accepted, so check the credentials, also whether they may list books (else name one with --book)',
    async () => {
      const { books, limit } = await listBooks(asker.client, BOOKS_LIMIT, 0, asker.deadline());
      const [first] = books;
      if (first === undefined && book === undefined) throw new NothingToAsk('the account has no book');
      return {
        found: `answered by ${apiUrl}, ${limit} books per request`,
        value: book ?? first?.bookUuid ?? '',
      };
    },
  );
  const bookUuid = book ?? uuid;
  if (bookUuid === undefined) return { checked };
  const probed = await step(
    'book',
    '1401: this account has no such book, so check the id and the account; or name another one with --book',
    async () => {
      const answer = await asker.client.get(calls.bookStatus({ bookUuid }), asker.deadline());
      const { status, documents } = readBookStatus(answer, { bookUuid });
      const asked = documents.find((document) => hasResults(document.status)) ?? documents[0];
      const value: ProbedBook = { bookUuid, docUuid: asked?.docUuid };
      return { found: `${bookUuid} is ${status}, with ${documents.length} documents`, value };
    },
  );
  return { checked, ...(probed !== undefined && { probed }) };
}

class NothingToAsk extends Error {}

function summaryOf(asked: readonly ProbedKind[]): Checked {
  const count = (kind: ProbedKind['kind']) => asked.filter((one) => one.kind === kind).length;
  const found = `${count('ok')} of ${asked.length} kinds answered`;
  const isRefused = asked.every(
    ({ meaning }) => meaning.policy === 'never' || meaning.text.startsWith('not part'),
  );
  if (isRefused) {
    return {
      name: 'results',
      ...fail(
        `${found}; all are forbidden`,
        'the credentials may not see this book, or a proxy refuses: ask with --book',
      ),
    };
  }
  if (count('rejected') > 0) {
    return { name: 'results', ...fail(found, 'the requests are wrong: docs/runbook.md#requests-rejected') };
  }
  return { name: 'results', ...ok(found) };
}

function withKinds(
  report: Output,
  asked: readonly ProbedKind[],
  { book, setting }: { readonly book: string; readonly setting: string | null },
  screen: Session['screen'],
): Output {
  if ('stream' in report) return report;
  const kinds = asked.map(({ kindOfResult, kind, meaning, ...answered }) => ({
    kind: kindOfResult,
    answer: kind,
    ...answered,
    meaning: meaning.text,
  }));
  const results: Partial<Record<ResultKind, Policy>> = {};
  for (const { kindOfResult, meaning } of asked) {
    if (setting !== null && meaning.policy !== undefined) results[kindOfResult] = meaning.policy;
  }
  const table = tableText(
    ['KIND', 'DEFAULT', 'HTTP', 'CODE', 'MS', 'BYTES', 'MEANS'],
    kinds.map(({ kind, httpStatus, code, milliseconds, bytes, meaning }) =>
      [kind, KINDS[kind].defaultPolicy, httpStatus, code, milliseconds, bytes, meaning].map((cell) =>
        String(cell ?? ''),
      ),
    ),
    screen,
  );
  const suggestion = setting === null ? [] : ['', 'For infra/stages/<stage>.ts:', setting];
  return {
    ...report,
    document: { ...(report.document as object), book, kinds, results, setting },
    text: [report.text, '', table, ...suggestion].join('\n'),
  };
}
