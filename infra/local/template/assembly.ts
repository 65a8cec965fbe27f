import { resolve } from 'node:path';
import { AssetManifestArtifact, CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as z from 'zod';

/** A resource in the synthesized template, whose intrinsic functions are not evaluated yet. */
export const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.object({ 'aws:cdk:path': z.string().optional() }).optional(),
});

export type Resource = z.infer<typeof Resource>;

const Template = z.object({
  Resources: z.record(z.string(), Resource),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
});

/** A stage in a stack of a cloud assembly, with the folders of its Lambda code. */
export interface StackAssembly {
  readonly stackName: string;
  /** Of the whole stack. */
  readonly resources: Readonly<Record<string, Resource>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** True for a resource of the stage. */
  isOfStage(resource: Resource): boolean;
  /** Absolute path of the file or folder that the bootstrap bucket would hold under this object key. */
  assetPath(s3Key: string): string;
}

/**
 * Reads the stage `dev` of a cloud assembly or, if that has only one stage, this.
 *
 * @throws Error if there is none of them.
 */
export function readAssembly(folder: string): StackAssembly {
  const stages = new CloudAssembly(folder).stacksRecursively.flatMap((stack) => {
    const template = Template.parse(stack.template);
    return stagesIn(template).map((stage) => ({ ...stage, stack, template }));
  });
  const found = stages.length === 1 ? stages[0] : stages.find(({ stage }) => stage === 'dev');
  if (found === undefined) {
    const names = stages.map(({ stage }) => stage).join(', ') || 'none';
    throw new Error(
      `the local stack runs the stage "dev", which the CDK app does not have; it has: ${names}`,
    );
  }
  const { stack, template, path } = found;
  const { artifacts, directory } = stack.assembly;
  const files = artifacts
    .filter((artifact) => AssetManifestArtifact.isAssetManifestArtifact(artifact))
    .map(({ contents }) => contents.files ?? {});

  return {
    stackName: stack.stackName,
    resources: template.Resources,
    isOfStage: ({ Metadata }) => Metadata?.['aws:cdk:path']?.startsWith(path) ?? true,
    parameters: Object.fromEntries(
      Object.entries(template.Parameters).map(([name, parameter]) => [name, parameter.Default]),
    ),
    assetPath(s3Key) {
      const hash = (s3Key.split('/').at(-1) ?? '').replace(/\.[a-z]+$/, '');
      const path = files.map(({ [hash]: file }) => file?.source.path).find((found) => found !== undefined);
      if (path === undefined) throw new Error(`the assembly has no asset for "${s3Key}"`);
      return resolve(directory, path);
    },
  };
}

/** Each stage has a parameter that names its stack. @returns with the paths of their constructs. */
function stagesIn({ Resources }: z.infer<typeof Template>) {
  return Object.values(Resources).flatMap(({ Type, Properties, Metadata }) => {
    const [, stage] = /^\/ocrolus-webhooks\/(.+)\/stack$/.exec(String(Properties.Name)) ?? [];
    if (Type !== 'AWS::SSM::Parameter' || stage === undefined) return [];
    const path = Metadata?.['aws:cdk:path']?.replace(/Parameters\/stack\/Resource$/, '') ?? '';
    return [{ stage, path }];
  });
}
