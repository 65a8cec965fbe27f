import { type RunOptions, type RunReport, run } from '../run.ts';

/** Books of which stories are recorded, to find a short one. */
const MOST_STORIES = 30;

export interface Explanation {
  readonly bookUuid: string;
  readonly violations: readonly string[];
  readonly story: readonly string[];
}

/**
 * The shortest story of a book of which an invariant was violated: the run is repeated, and records what happens to
 * those books.
 *
 * @returns `undefined` when no violation is about a book.
 */
export async function explain(options: RunOptions, report: RunReport): Promise<Explanation | undefined> {
  const books = new Set(report.violations.map(({ bookUuid }) => bookUuid).filter((uuid) => uuid !== ''));
  const storiesOf = [...books].slice(0, MOST_STORIES);
  if (storiesOf.length === 0) return undefined;
  const { stories, hash } = await run({ ...options, storiesOf });
  if (hash !== report.hash) throw new Error(`not deterministic: ${report.hash}, and then ${hash}`);
  const length = (uuid: string) => stories[uuid]?.length ?? Number.POSITIVE_INFINITY;
  const bookUuid = storiesOf.reduce((a, b) => (length(b) < length(a) ? b : a));
  return {
    bookUuid,
    violations: report.violations
      .filter((violation) => violation.bookUuid === bookUuid)
      .map(({ invariant, at, text }) => `${invariant} ${at} ${text}`),
    story: stories[bookUuid] ?? [],
  };
}

/** What repeats a run, and shows everything that happens to a book. */
export function commandFor(options: RunOptions, bookUuid?: string): string {
  const { seed, deliveries, days, isCalm, switches } = options;
  const story = bookUuid === undefined ? '' : ` --story ${bookUuid}`;
  const calm = isCalm === true ? ' --calm' : '';
  const on = switches === undefined ? '' : ` --with ${switches.join(',') || 'none'}`;
  return `npm run simulate -- --seed ${seed} --deliveries ${deliveries} --days ${days}${calm}${on}${story}`;
}
