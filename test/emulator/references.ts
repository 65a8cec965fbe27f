import { referred } from '../infra/rules/template.ts';

/** Replaces references by what is known of them: `known` answers with a value, or with nothing to leave one. */
export function substitute(value: unknown, known: (id: string, attribute?: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => substitute(item, known));
  if (typeof value !== 'object' || value === null) return value;
  const id = referred(value);
  if (id !== undefined) {
    const attribute = 'Fn::GetAtt' in value ? [value['Fn::GetAtt']].flat().at(-1) : undefined;
    return known(id, attribute === undefined ? undefined : String(attribute)) ?? value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substitute(inner, known)]));
}
