import type { Template } from 'aws-cdk-lib/assertions';

export type Resource = ReturnType<Template['findResources']>[string];

/** The parts of a CloudFormation template that the checks of variants use. */
export interface CloudFormation {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** Every resource of a type: logical id and properties. */
export function ofType({ Resources }: CloudFormation, type: string): [string, Resource][] {
  return Object.entries(Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties ?? {}]);
}

/** The logical id in a `Ref` or `Fn::GetAtt`, if the value is one. */
export function referred(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Ref' in value) return String(value.Ref);
  if (!('Fn::GetAtt' in value)) return undefined;
  const attribute = value['Fn::GetAtt'];
  return Array.isArray(attribute) ? String(attribute[0]) : String(attribute).split('.')[0];
}
