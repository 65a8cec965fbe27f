import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VARIANT_NAMES, variantTemplate } from './variants.ts';

/** `npm run variants [folder]`: writes the template of every variant, for tools that read files, like `cfn-lint`. */
const folder = process.argv[2] ?? join('cdk.out', 'variants');

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const name of VARIANT_NAMES) {
  await writeFile(join(folder, `${name}.template.json`), JSON.stringify(variantTemplate(name), null, 1));
}
console.log(`${VARIANT_NAMES.length} templates in ${folder}`);
