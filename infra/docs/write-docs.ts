import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eventsPage } from './events-page.ts';
import { jsonSchemas } from './json-schemas.ts';
import { settingsPage } from './settings/settings-page.ts';

export const DOCS = join(import.meta.dirname, '../../docs');

/** Everything under `docs/` that is generated from the code: path within `docs/` → text. */
export function generatedFiles(): Record<string, string> {
  const schemas = Object.entries(jsonSchemas()).map(([name, text]) => [`schemas/${name}`, text]);
  return {
    ...Object.fromEntries(schemas),
    'events.md': eventsPage(readFileSync(join(DOCS, 'events.md'), 'utf8')),
    'settings.md': settingsPage(),
  };
}

// `npm run docs`. `npm test` fails if one of the files is outdated.
if (import.meta.main) {
  for (const [path, text] of Object.entries(generatedFiles())) {
    const file = join(DOCS, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
