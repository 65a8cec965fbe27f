import type { RunReport } from '../run.ts';
import { hasFailed, type SeedReport, type SeedResult } from './seed-process.ts';

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
