/** The text that CloudFormation will make of a value, with a stand-in for what exists at deployment only. */
export function resolve(value: unknown, deployed: (reference: object) => string): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (!('Fn::Join' in value)) return deployed(value);
  const [delimiter, parts] = value['Fn::Join'] as [string, unknown[]];
  return parts.map((part) => resolve(part, deployed)).join(delimiter);
}

/** JSON in a variable, with references as `<logical id>`. */
export function json(variable: unknown): unknown {
  return JSON.parse(resolve(variable, (reference) => `<${Object.values(reference).flat()[0]}>`));
}
