import type { Harness } from '../harness.ts';
import type { Partition } from './partition.ts';

/** Lines of each part of a story; more are not read. */
const MOST_LINES = 60;

/** The story of the differing book with the fewest deliveries: its deliveries, its ledger, the calls about it. */
export async function tellStory(
  { simulator, table }: Harness,
  partitions: ReadonlyMap<string, Partition>,
  differing: ReadonlyMap<string, readonly string[]>,
): Promise<string | undefined> {
  const about = (uuid: string) => simulator.deliveries.filter(({ body }) => body.includes(uuid));
  const [shortest] = [...differing.keys()]
    .slice(0, 20)
    .map((uuid) => ({ uuid, deliveries: about(uuid) }))
    .sort((a, b) => a.deliveries.length - b.deliveries.length);
  if (shortest === undefined) return undefined;
  const { uuid, deliveries } = shortest;
  const stored = partitions.get(uuid);
  const book = simulator.books.find((one) => one.uuid === uuid);
  // With the entries of their checklists, which the reader's schemas leave out.
  const items: unknown[] = [];
  for await (const item of table.query({ bookId: uuid })) {
    if (/^(BOOK|DOC#)/.test(String(item.item))) items.push(item);
  }
  const names = new Set([uuid, ...(book?.documents.map((document) => document.uuid) ?? [])]);
  const calls = simulator.calls.filter(({ path, query }) =>
    [...names].some((name) => path.includes(name) || query.includes(name)),
  );
  return [
    `book ${uuid}`,
    ...section('differs', differing.get(uuid) ?? []),
    ...section(
      'deliveries',
      deliveries.map(
        ({ eventName, deliveryId, outcome, attempts }) =>
          `${eventName} ${deliveryId} ${outcome} ${attempts.map(({ at, status }) => `${at}=${status}`).join(' ')}`,
      ),
    ),
    ...section(
      'ledger',
      (stored?.events ?? []).map(
        ({ receivedAt, processedAt, eventName, source, outcome, reason, codes, attempts, deliveryId }) =>
          `${receivedAt} ${processedAt} ${eventName} ${source} ${outcome} ${reason ?? ''} (${attempts}: ${codes?.join(' ') ?? ''}) ${deliveryId}`,
      ),
    ),
    ...section(
      'results',
      (stored?.results ?? []).map(
        ({ item, fetchedAt, generation }) => `${item} ${fetchedAt} generation ${generation}`,
      ),
    ),
    ...section(
      'calls',
      calls.map(({ at, operation, status, path, query }) => `${at} ${operation} ${status} ${path}?${query}`),
    ),
    ...section(
      'stored',
      items.map((item) => JSON.stringify(item)),
    ),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  const left = lines.length - MOST_LINES;
  return [
    `${title}:`,
    ...lines.slice(-MOST_LINES).map((line) => `  ${line}`),
    ...(left > 0 ? [`  and ${left} before`] : []),
  ];
}
