import type { CloudFormation } from '../testing/template.ts';

/** A resource or an output a line, in the order of their ids. The hash of an asset says nothing about the template. */
export function linesOf({ Resources, Outputs = {} }: CloudFormation): string[] {
  const lines = [...Object.entries(Resources), ...Object.entries(Outputs)].map((it) => JSON.stringify(it));
  return lines.map((line) => line.replace(/\b[0-9a-f]{64}\b/g, '<hash>')).sort();
}
