import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonSchemas } from './json-schemas.ts';

/** `npm run schemas`: writes `docs/schemas` anew. A test fails when that was forgotten. */
const folder = join(import.meta.dirname, '../../docs/schemas');
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(jsonSchemas())) await writeFile(join(folder, name), text);
