import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const USAGE = `npm run compare -- --documents DIR

Compares the project with Ocrolus's published documents, which are not part of it. DIR has openapi/ and newer/ (OpenAPI documents)
and responses/ (example answers, with index.json that names them). Exit status 1 when something differs.`;

const { values } = parseArgs({ options: { documents: { type: 'string' }, help: { type: 'boolean' } } });
const { documents = '', help = false } = values;
if (help) console.log(USAGE);
else if (!existsSync(join(documents, 'responses/index.json'))) {
  console.error(documents === '' ? USAGE : `${join(documents, 'responses/index.json')} is missing`);
  process.exitCode = 2;
} else {
  process.env.OCROLUS_DOCUMENTS = resolve(documents);
  // `npm test` does not see these files: their names do not end with `.test.ts`.
  const include = ['test/compare/**/*.compare.ts'];
  await startVitest('test', [], {
    config: false,
    root: join(import.meta.dirname, '../..'),
    watch: false,
    include,
  });
}
