import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EXAMPLES } from './documents.ts';

const USAGE = `npm run compare -- --documents DIR

Compares the project with Ocrolus's published documents, which are not part of it. DIR has openapi/ (OpenAPI documents)
and responses/ (example answers, with ${EXAMPLES} that names them). Exit status 1 when something differs.`;

const { values } = parseArgs({ options: { documents: { type: 'string' }, help: { type: 'boolean' } } });
const { documents, help = false } = values;
if (help) console.log(USAGE);
else if (documents === undefined || !existsSync(join(documents, EXAMPLES))) {
  console.error(documents === undefined ? USAGE : `${join(documents, EXAMPLES)} is missing`);
  process.exitCode = 2;
} else {
  const { status } = spawnSync('vitest', ['run', '--config', 'test/compare/vitest.config.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, OCROLUS_DOCUMENTS: resolve(documents) },
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
