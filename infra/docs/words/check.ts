import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { findPhrases } from './find-phrases.ts';

/** `npm run check`: fails on phrases without a legitimate use, in every text file of the repository. */

/** Texts of others, and the phrases themselves. */
const EXCLUDED = [
  /^LICENSE$/,
  /^package-lock\.json$/,
  /^test\/fixtures\//,
  /^infra\/docs\/words\/phrases\.ts$/,
  /^test\/docs\/words\.test\.ts$/,
];

const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
const problems = files.flatMap((file) => {
  if (EXCLUDED.some((pattern) => pattern.test(file)) || !existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  // A binary file, such as a picture.
  if (text.includes('\0')) return [];
  return findPhrases(text).map(
    ({ line, phrase, instead }) => `${file}:${line}: "${phrase}": write ${instead}`,
  );
});
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} phrases to replace (infra/docs/words/phrases.ts)`);
  process.exitCode = 1;
}
