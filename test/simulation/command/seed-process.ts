import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type RunOptions, type RunReport, run } from '../run.ts';
import type { SimulateArguments } from './arguments.ts';

/** Books of which stories are recorded, to find a short one. */
const MOST_STORIES = 30;

interface Explanation {
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

/** What the process of a seed prints with `--json`. */
export interface SeedReport extends RunReport {
  readonly command: string;
  readonly explanation?: Explanation | undefined;
}

/** The outcome of a seed. `error`: its process ended without a report. */
export interface SeedResult {
  readonly seed: number;
  readonly report?: SeedReport;
  readonly error?: string;
}

const SIMULATE = fileURLToPath(new URL('../simulate.ts', import.meta.url));

/** Runs a seed in a process of its own. */
function runSeed(seed: number, args: SimulateArguments): Promise<SeedResult> {
  const { deliveries, days, isCalm, switches, explains } = args;
  const words = ['--seed', seed, '--deliveries', deliveries, '--days', days, '--json'].map(String);
  if (isCalm) words.push('--calm');
  if (switches !== undefined) words.push('--with', switches.join(',') || 'none');
  if (!explains) words.push('--no-explain');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SIMULATE, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (output.startsWith('{')) resolve({ seed, report: JSON.parse(output) as SeedReport });
      else resolve({ seed, error: `ended with ${signal ?? code}: ${errors}` });
    });
  });
}

/** Runs seeds, some at a time. @param onResult gets each as soon as it is there. */
export async function runSeeds(
  args: SimulateArguments,
  onResult: (result: SeedResult) => void,
): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  const waiting = [...args.seeds];
  const work = async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const result = await runSeed(seed, args);
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(args.workers, waiting.length) }, work));
  return results.sort((a, b) => a.seed - b.seed);
}

export function hasFailed({ report }: SeedResult): boolean {
  return report === undefined || Object.keys(report.violationCounts).length > 0;
}

/** Violations of an invariant, and lines of a story, that are printed. */
const MOST_OF_EACH = 6;
const FIRST_LINES = 60;
const LAST_LINES = 240;

/** One line of a table. */
export function printSeed(result: SeedResult): void {
  const { seed, report, error } = result;
  if (report === undefined) {
    console.error(`seed ${seed}: ${error}`);
    return;
  }
  console.error(`seed ${seed}: ${verdictOf(report)} in ${report.seconds} s`);
  for (const { invariant, bookUuid, text } of report.violations.slice(0, MOST_OF_EACH)) {
    console.error(`  ${invariant} ${bookUuid} ${text}`);
  }
}

function verdictOf({ violationCounts }: RunReport): string {
  const found = Object.entries(violationCounts).map(([invariant, count]) => `${count} ${invariant}`);
  return found.length === 0 ? 'no violation' : found.join(', ');
}

export function printTable(results: readonly SeedResult[]): void {
  const rows = results.map(({ seed, report }) =>
    report === undefined
      ? { seed, violations: 'no report' }
      : {
          seed,
          deliveries: report.deliveries,
          days: report.days,
          books: report.books,
          results: report.results,
          calls: report.calls,
          kills: report.kills,
          seconds: report.seconds,
          violations: verdictOf(report),
          hash: report.hash,
        },
  );
  console.table(rows);
  const sum = (read: (report: SeedReport) => number) =>
    results.reduce((total, { report }) => total + (report === undefined ? 0 : read(report)), 0);
  const failed = results.filter(hasFailed).length;
  console.log(
    `${results.length} seeds, ${failed} failed; ${sum((r) => r.deliveries)} deliveries, ` +
      `${Math.round(sum((r) => r.days))} virtual days, ${sum((r) => r.results)} results, ` +
      `${Math.round(sum((r) => r.seconds))} s of processing`,
  );
}

/** What was violated, the shortest story of a book, and what repeats it. */
export function printFailure({ violations, explanation, command, seed }: SeedReport): void {
  console.log(`\nseed ${seed}`);
  const seen = new Map<string, number>();
  for (const { invariant, bookUuid, at, text } of violations) {
    const count = (seen.get(invariant) ?? 0) + 1;
    seen.set(invariant, count);
    if (count <= MOST_OF_EACH) console.log(`  ${invariant} ${bookUuid} ${at} ${text}`);
  }
  if (explanation !== undefined) {
    console.log(`\nthe shortest story: book ${explanation.bookUuid}`);
    for (const violation of explanation.violations) console.log(`  violated: ${violation}`);
    printStory(explanation.story);
  }
  console.log(`\nrepeat it with\n  ${command}`);
}

/** The beginning and the end of a story. */
export function printStory(story: readonly string[]): void {
  const left = story.length - FIRST_LINES - LAST_LINES;
  for (const line of story.slice(0, FIRST_LINES)) console.log(`  ${line}`);
  if (left > 0) console.log(`  … ${left} lines …`);
  for (const line of story.slice(Math.max(FIRST_LINES, FIRST_LINES + left))) console.log(`  ${line}`);
}
