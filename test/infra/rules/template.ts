import type { Template } from 'aws-cdk-lib/assertions';

export type Resource = ReturnType<Template['findResources']>[string];

/** The parts of a CloudFormation template that the rules use. */
export interface CloudFormation {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** Checks a whole template. Each fault is a line that begins with the logical id. */
export type Rule = (template: CloudFormation) => string[];

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

/** The properties of the referenced resource, if it is in the template. */
export function target({ Resources }: CloudFormation, reference: unknown): Resource | undefined {
  const id = referred(reference);
  return id === undefined ? undefined : Resources[id]?.Properties;
}

/** A property that may be a list or a single value, as a list. */
export function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
