import { code, codes } from '../markdown.ts';
import type { SettingFacts, SettingSchema } from './setting-facts.ts';

/** The type of a setting, with its range. */
export function typeText(schema: SettingSchema): string {
  if (schema.enum !== undefined) return codes(schema.enum.map(String));
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'integer' : 'number'}, ${range(schema.minimum, schema.maximum)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return listText(schema);
    default:
      return textText(schema);
  }
}

/** The default of a setting, or that it is required. */
export function defaultText({ schema, required }: Pick<SettingFacts, 'schema' | 'required'>): string {
  if (required !== undefined) return required.replace(/^with (.*)$/, 'required with `$1`');
  const { default: value } = schema;
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'empty list' : codes(value.map(String));
  return code(String(value));
}

function listText({ items, minItems, maxItems }: SettingSchema): string {
  const count = minItems === undefined && maxItems === undefined ? '' : ` (${range(minItems, maxItems)})`;
  return `list${count}: ${items === undefined ? 'anything' : typeText(items)}`;
}

function textText({ fault, minLength, maxLength }: SettingSchema): string {
  const rule = fault?.replace(/^must be /, '') ?? '';
  if (rule !== '') return rule;
  // That a text is not empty needs no mention.
  const least = minLength === 1 ? undefined : minLength;
  const isFree = least === undefined && maxLength === undefined;
  return isFree ? 'text' : `text, ${range(least, maxLength)} characters`;
}

function range(least: number | undefined, most: number | undefined): string {
  if (least === undefined) return `at most ${number(most ?? 0)}`;
  return most === undefined ? `at least ${number(least)}` : `${number(least)} to ${number(most)}`;
}

/** With commas between thousands. */
function number(value: number): string {
  return value.toLocaleString('en-US');
}
