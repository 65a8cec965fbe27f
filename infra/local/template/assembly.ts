import { resolve } from 'node:path';
import { AssetManifestArtifact, CloudAssembly } from 'aws-cdk-lib/cx-api';
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

/** A stack of a cloud assembly, with the folders of its Lambda code. */
export interface StackAssembly {
  readonly stackName: string;
  readonly resources: Readonly<Record<string, Resource>>;
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
  const { stacks, artifacts } = new CloudAssembly(folder);
  const [stack, ...others] = stacks;
  if (stack === undefined || others.length > 0)
    throw new Error(`the local stack needs an assembly with one stack, not ${stacks.length}`);
  const template = Template.parse(stack.template);
  const files = artifacts
    .filter((artifact) => AssetManifestArtifact.isAssetManifestArtifact(artifact))
    .map(({ contents }) => contents.files ?? {});

  return {
    stackName: stack.stackName,
    resources: template.Resources,
    parameters: Object.fromEntries(
      Object.entries(template.Parameters).map(([name, parameter]) => [name, parameter.Default]),
    ),
    assetPath(s3Key) {
      const hash = (s3Key.split('/').at(-1) ?? '').replace(/\.[a-z]+$/, '');
      const path = files.map(({ [hash]: file }) => file?.source.path).find((found) => found !== undefined);
      if (path === undefined) throw new Error(`the assembly has no asset for "${s3Key}"`);
      return resolve(folder, path);
    },
  };
}
