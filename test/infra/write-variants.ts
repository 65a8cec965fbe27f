import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { distinctVariants } from './templates/distinct-variants.ts';
import { VARIANT_NAMES } from './templates/variants.ts';

/**
 * `npm run variants [folder]`: synthesizes every variant, which also validates it, and writes the templates that a tool like
 * `cfn-lint` must read. A template is left out if others have every property of its resources.
 */
const folder = process.argv[2] ?? join('cdk.out', 'variants');

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const templates = distinctVariants();
for (const [name, template] of templates) {
  await writeFile(join(folder, `${name}.template.json`), JSON.stringify(template, null, 1));
}
console.log(`${templates.size} of ${VARIANT_NAMES.length} templates in ${folder}`);
