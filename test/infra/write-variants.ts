import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CloudFormation } from './testing/template.ts';
import { VARIANT_NAMES, variantTemplate } from './variants.ts';

/**
 * `npm run variants [folder]`: synthesizes every variant, which also validates it, and writes the templates that a tool like
 * `cfn-lint` must read. A template is left out if others have every property of its resources.
 */
const folder = process.argv[2] ?? join('cdk.out', 'variants');

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const templates = new Map(VARIANT_NAMES.map((name) => [name, variantTemplate(name)]));
const names = distinct(templates);
for (const name of names) {
  await writeFile(join(folder, `${name}.template.json`), JSON.stringify(templates.get(name), null, 1));
}
console.log(`${names.length} of ${VARIANT_NAMES.length} templates in ${folder}`);

/** Names of templates that together have every property of all of them: always the one that adds most. */
function distinct(all: ReadonlyMap<string, CloudFormation>): string[] {
  const missing = new Map([...all].map(([name, template]) => [name, propertiesOf(template)]));
  const chosen: string[] = [];
  for (;;) {
    const [[name, added] = ['', new Set<string>()]] = [...missing].sort(([, a], [, b]) => b.size - a.size);
    if (added.size === 0) return chosen;
    chosen.push(name);
    for (const [other, properties] of missing)
      missing.set(other, new Set([...properties].filter((each) => !added.has(each))));
  }
}

/** `AWS::S3::Bucket.Properties.BucketName` and the like, down to the functions of CloudFormation. */
function propertiesOf({ Resources }: CloudFormation): Set<string> {
  return new Set(
    Object.values(Resources).flatMap(({ Type, Metadata: _, ...resource }) => pathsOf(resource, Type)),
  );
}

function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => pathsOf(each, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, `${path}.${name}`));
}
