import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DOCS, generatedFiles } from './generated-files.ts';

/** `npm run docs`: writes the generated files under `docs/`. `npm test` fails if one is outdated. */
for (const [path, text] of Object.entries(generatedFiles())) {
  const file = join(DOCS, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
