import type { Partition } from './snapshot.ts';
import type { World } from './world.ts';

/** Lines of each part of a story that are worth reading. */
const MOST_LINES = 60;

/** The story of the differing book to which the least has happened: its deliveries, its ledger, the calls about it. */
export async function tellStory(
  { simulator }: World,
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
        ({ receivedAt, processedAt, eventName, source, outcome, reason, attempts, deliveryId }) =>
          `${receivedAt} ${processedAt} ${eventName} ${source} ${outcome} ${reason ?? ''} (${attempts}) ${deliveryId}`,
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
    `stored: ${JSON.stringify(stored?.book)}`,
    ...section(
      'documents',
      (stored?.documents ?? []).map((document) => JSON.stringify(document)),
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
