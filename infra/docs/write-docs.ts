import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatedFiles } from './generated-files.ts';

/** `npm run docs`: writes the generated files under `docs/`. `npm test` fails if one is outdated. */
const folder = join(import.meta.dirname, '../../docs');
for (const [path, text] of Object.entries(await generatedFiles())) {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
