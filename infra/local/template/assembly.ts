import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';

/** A resource in the synthesized template, whose intrinsic functions are not evaluated yet. */
export const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

export type Resource = z.infer<typeof Resource>;

const Template = z.object({
  Resources: z.record(z.string(), Resource),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
});

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .optional(),
    }),
  ),
});

const AssetManifest = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string().optional() }) })).default({}),
});

/** A stack of a cloud assembly, with the folders of its Lambda code. */
export interface StackAssembly {
  readonly stackName: string;
  readonly resources: Readonly<Record<string, Resource>>;
  /** Defaults of the template's parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Absolute path of the file or folder that the bootstrap bucket would hold under this object key. */
  assetPath(s3Key: string): string;
}

/**
 * Reads the only stack of a cloud assembly, as `cdk deploy` would.
 *
 * @throws Error if there is no stack in it, or more than one.
 */
export function readAssembly(folder: string): StackAssembly {
  const { artifacts } = Manifest.parse(readJson(join(folder, 'manifest.json')));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [found, ...others] = stacks;
  const templateFile = found?.[1].properties?.templateFile;
  if (found === undefined || templateFile === undefined || others.length > 0) {
    throw new Error(`the local stack needs an assembly with one stack, not ${stacks.length}`);
  }
  const [artifactId, { properties }] = found;
  const template = Template.parse(readJson(join(folder, templateFile)));
  const { files } = AssetManifest.parse(readJson(join(folder, `${artifactId}.assets.json`)));

  return {
    stackName: properties?.stackName ?? artifactId,
    resources: template.Resources,
    parameters: Object.fromEntries(
      Object.entries(template.Parameters).map(([name, parameter]) => [name, parameter.Default]),
    ),
    assetPath(s3Key) {
      const hash = (s3Key.split('/').at(-1) ?? '').replace(/\.[a-z]+$/, '');
      const path = files[hash]?.source.path;
      if (path === undefined) throw new Error(`the assembly has no asset for "${s3Key}"`);
      return resolve(folder, path);
    },
  };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
