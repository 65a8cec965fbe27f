import type { CloudFormation } from '../testing/template.ts';
import { VARIANT_NAMES, variantTemplate } from './variants.ts';

/**
 * Variants whose templates together have every property of the resources of all variants, with their templates: enough for
 * checks that take long and look at single resources. The first one has most, and each further one adds most.
 */
export function distinctVariants(): Map<string, CloudFormation> {
  const templates = new Map(VARIANT_NAMES.map((name) => [name, variantTemplate(name)]));
  const missing = new Map([...templates].map(([name, template]) => [name, propertiesOf(template)]));
  const chosen = new Map<string, CloudFormation>();
  for (;;) {
    const [[name, added] = ['', new Set<string>()]] = [...missing].sort(([, a], [, b]) => b.size - a.size);
    const template = templates.get(name);
    if (added.size === 0 || template === undefined) return chosen;
    chosen.set(name, template);
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
