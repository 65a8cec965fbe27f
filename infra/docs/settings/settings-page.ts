import { code, codes, GENERATED, page, table } from '../markdown.ts';
import {
  isSchema,
  type SettingFacts,
  type SettingGroup,
  type SettingSchema,
  settingGroups,
} from './setting-facts.ts';

const HEAD = `# Settings

Every setting of a stage. Each stage has one file, \`infra/stages/<stage>.ts\`, which \`-c stage=<stage>\` selects (default
\`dev\`). All settings are validated together: if one is wrong or unknown, \`cdk synth\` stops and lists every fault.

- A setting that is not in the file has its default. "none" means that the setting may be absent; the column "meaning"
  says what happens then.
- The last column says how a setting affects costs; "–" means not at all. Prices:
  [what it costs](operations.md#what-it-costs).`;

/** `docs/settings.md` */
export function settingsPage(): string {
  return page(GENERATED, HEAD, ...settingGroups().flatMap(groupBlocks));
}

function groupBlocks({ path, description, settings }: SettingGroup): string[] {
  const heading = path === '' ? '## At the top' : `## ${code(path)}`;
  const rows = settings.map((setting) => [
    nameCell(setting),
    typeText(setting.schema),
    defaultText(setting),
    setting.schema.description ?? '',
    setting.schema.cost === 'none' ? '' : String(setting.schema.cost),
  ]);
  const settingTable = table(['setting', 'type', 'default', 'meaning', 'effect on cost'], rows);
  return description === undefined ? [heading, settingTable] : [heading, description, settingTable];
}

function nameCell({ path, variant }: SettingFacts): string {
  return variant === undefined ? code(path) : `${code(path)}<br>with ${code(variant)}`;
}

/** The type of a setting, with its range. */
function typeText(schema: SettingSchema): string {
  if (schema.enum !== undefined) return codes(schema.enum.map(String));
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type}, ${range(schema.minimum, schema.maximum)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return listText(schema);
    case 'object':
      return 'texts by their names';
    default:
      return textText(schema);
  }
}

/** The default of a setting, or that it is required. */
function defaultText({ schema, required }: Pick<SettingFacts, 'schema' | 'required'>): string {
  if (required !== undefined) return required.replace(/^with (.*)$/, 'required with `$1`');
  const { default: value } = schema;
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'empty list' : codes(value.map(String));
  return code(String(value));
}

function listText({ items, minItems, maxItems }: SettingSchema): string {
  const count = minItems === undefined && maxItems === undefined ? '' : ` (${range(minItems, maxItems)})`;
  return `list${count}: ${isSchema(items) ? typeText(items) : 'anything'}`;
}

function textText({ fault, minLength, maxLength }: SettingSchema): string {
  if (typeof fault === 'string') return fault.replace(/^must be /, '');
  // The page does not mention that a text must not be empty.
  const least = minLength === 1 ? undefined : minLength;
  const isFree = least === undefined && maxLength === undefined;
  return isFree ? 'text' : `text, ${range(least, maxLength)} characters`;
}

function range(least: number | undefined, most: number | undefined): string {
  const [from, to] = [least, most].map((bound) => bound?.toLocaleString('en-US'));
  if (from === undefined) return `at most ${to}`;
  return to === undefined ? `at least ${from}` : `${from} to ${to}`;
}
