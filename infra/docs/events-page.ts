import { RESULTS_OF_TASKS } from '../../shared/events/catalog/entry.ts';
import { CATALOG, type CatalogEntry, RESULT_KINDS, type ResultKind } from '../../shared/events/catalog.ts';
import { KINDS, type Policy, type ResultSubject } from '../../shared/events/result-kinds.ts';
import { type Call, callOfKind, calls, ENRICHED_LIMIT } from '../../shared/ocrolus/calls.ts';
import { resultItem } from '../../shared/store/keys.ts';
import { code, codes, lines, table } from './markdown.ts';

const IDS = { book: '<book>', document: '<document>', request: '<request>', business: '<business>' } as const;

/** Second calls, and the subjects under which their answers are stored. */
const SECOND: Partial<Record<ResultKind, { readonly call: Call; readonly subject: string }>> = {
  income: { call: calls.incomeSummary(IDS.book), subject: `${IDS.book}@summary` },
  'enriched-transactions': {
    call: calls.enrichedTransactionsFrom(IDS.book, ENRICHED_LIMIT),
    subject: `${IDS.book}@<set>@<offset>`,
  },
  visualizations: { call: calls.visualization('<image>'), subject: `${IDS.book}@<image>` },
};

interface Result {
  readonly kind: ResultKind;
  readonly of: ResultSubject;
}

const RESULTS = RESULT_KINDS.flatMap((kind) => KINDS[kind].of.map((of): Result => ({ kind, of })));

const EVENTS: readonly (readonly [string, CatalogEntry])[] = Object.entries(CATALOG);
const ANNOUNCING = EVENTS.filter(([, { results }]) => results.length > 0);
const OTHERS = EVENTS.filter(([, { results }]) => results.length === 0);

const TABLES: Readonly<Record<string, string>> = {
  announcing: table(
    ['event', 'channel', 'marks', 'Ocrolus is asked for', 'stored as', 'ends', 'if it is lost'],
    ANNOUNCING.map(([name, entry]) => [
      ...eventCells(name, entry),
      marksText(entry),
      askedText(entry),
      lines(resultsOf(entry).flatMap(itemsOf).map(code)),
      endsText(entry),
      lostTexts(entry),
    ]),
  ),
  tasks: table(
    ['task', 'results'],
    Object.entries(RESULTS_OF_TASKS).map(([task, kinds]) => [code(task), codes(kinds)]),
  ),
  status: shortTable(OTHERS.filter(([, { bookStatus }]) => bookStatus !== 'never')),
  recorded: shortTable(OTHERS.filter(([, { bookStatus }]) => bookStatus === 'never')),
  kinds: table(
    ['kind', 'of', 'calls', 'stored as'],
    RESULTS.map((result) => [
      code(result.kind),
      `the ${result.of}`,
      lines(callsOf(result).map(callText)),
      lines(itemsOf(result).map(code)),
    ]),
  ),
  lost: table(
    ['kind', 'of', 'default', 'with `always`', 'with `announced`', 'announced by'],
    RESULTS.map((result) => [
      code(result.kind),
      `the ${result.of}`,
      code(KINDS[result.kind].defaultPolicy),
      lostText(result, 'always'),
      lostText(result, 'announced'),
      lines(ANNOUNCING.filter(([, entry]) => announces(entry, result)).map(([name]) => code(name))),
    ]),
  ),
};

/**
 * `docs/events.md` with new tables. The text around them is written by hand.
 *
 * @throws Error if the page lacks the place of a table: `<!-- table: NAME -->` … `<!-- end -->`.
 */
export function eventsPage(page: string): string {
  return Object.entries(TABLES).reduce((text, [name, rows]) => {
    const start = `<!-- table: ${name} -->`;
    const end = '<!-- end -->';
    const place = new RegExp(`${start}[^]*?${end}`);
    if (!place.test(text)) throw new Error(`docs/events.md has no place for the table ${name}`);
    return text.replace(place, () => [start, rows, end].join('\n'));
  }, page);
}

function shortTable(events: typeof EVENTS): string {
  return table(
    ['event', 'channel', 'about', 'ends'],
    events.map(([name, entry]) => [
      ...eventCells(name, entry),
      entry.subject.replace('-', ' '),
      endsText(entry),
    ]),
  );
}

function eventCells(name: string, { meaning, channel }: CatalogEntry): string[] {
  return [lines([code(name), meaning]), code(channel)];
}

function endsText({ ends }: CatalogEntry): string {
  return ends === 'nothing' ? '' : ends.replaceAll('-', ' ');
}

/** The results that an event announces, if it has the ids that its name promises. */
function resultsOf({ subject, results }: CatalogEntry): Result[] {
  return results.map((kind) => {
    const { of } = KINDS[kind];
    const named = of.find((one) => one === 'request' || one === 'business');
    const own = subject === 'book' ? 'book' : 'document';
    return { kind, of: named ?? of.find((one) => one === own) ?? of[0] ?? own };
  });
}

/** An event that lacks the id of its request announces the result of the book. */
function announces(entry: CatalogEntry, { kind, of }: Result): boolean {
  return resultsOf(entry).some((one) => one.kind === kind && (one.of === of || one.of === 'request'));
}

/** Events about a whole book mark no documents: each of those has its own event or observation. */
function marksText(entry: CatalogEntry): string {
  const isWholeBook = entry.reopens === false;
  const groups = Map.groupBy(resultsOf(entry), ({ of }) => of);
  return lines(
    [...groups].map(([of, results]) => {
      const kinds = codes(results.map(({ kind }) => kind));
      if (of === 'request') return `${kinds} of the request<br>without its id: of the book`;
      if (of !== 'document') return `${kinds} of the ${of}${isWholeBook ? '<br>if not stored yet' : ''}`;
      if (isWholeBook) return `no document; open ${kinds} of up to 20 documents are asked for`;
      return `${kinds} of ${entry.subject === 'document' ? 'the document' : "the image group's documents"}`;
    }),
  );
}

function askedText(entry: CatalogEntry): string {
  const operations = new Set(
    resultsOf(entry).flatMap((result) => callsOf(result).map(({ operation }) => operation)),
  );
  return lines([entry.bookStatus === undefined ? '`book-status`' : '(`book-status`)', codes(operations)]);
}

function lostTexts(entry: CatalogEntry): string {
  const groups = Map.groupBy(resultsOf(entry), (result) =>
    lostText(result, KINDS[result.kind].defaultPolicy).replace(/,.*/, ''),
  );
  if (groups.size === 1) return [...groups.keys()].join('');
  return lines([...groups].map(([text, results]) => `${codes(results.map(({ kind }) => kind))}: ${text}`));
}

/** Outcome for a result without an event. The part before the comma says whether it is found. */
function lostText({ kind, of }: Result, policy: Policy): string {
  const {
    of: [own = of],
    probe,
  } = KINDS[kind];
  if (policy === 'never') return 'not fetched';
  if (of === 'request' || of === 'business') return 'not found';
  if (of !== own) return `those of the ${own} are ${lostText({ kind, of: own }, policy)}`;
  // Results of each document are `always` or `never`.
  if (policy === 'announced' && of === 'document') return '';
  if (policy === 'announced') return probe ? 'probed, 1, 3 and 10 days after capture has ended' : 'not found';
  const seen = of === 'document' ? 'the document is verified' : 'capture has ended';
  return `found, 10 minutes after a look sees that ${seen}`;
}

function callsOf({ kind, of }: Result): Call[] {
  if (of === 'request') return [calls.asyncAnalyticsResult(IDS.request)];
  if (of === 'business') return [calls.business(IDS.book, IDS.business)];
  if (of === 'document' && kind === 'signals') return [calls.documentSignals(IDS.document)];
  const first = callOfKind(kind, { bookUuid: IDS.book, docUuid: IDS.document });
  return [first, SECOND[kind]?.call].filter((call) => call !== undefined);
}

function callText({ operation, path, query, weight, isFile }: Call): string {
  const target = decodeURIComponent(`${path}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`);
  const marks = [weight === 'heavy' && ' **heavy**', isFile === true && ' **file**'].filter(Boolean).join('');
  return `${code(operation)} ${code(`GET ${target}`)}${marks}`;
}

/** Sort keys of the stored results. */
function itemsOf({ kind, of }: Result): string[] {
  const subjects = [IDS[of], SECOND[kind]?.subject].filter((subject) => subject !== undefined);
  return subjects.map((subject) => resultItem(kind, subject));
}
