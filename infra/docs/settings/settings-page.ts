import { bullets, code, page, paragraph, table } from '../markdown.ts';
import { type SettingFacts, type SettingGroup, settingGroups } from './setting-facts.ts';
import { defaultText, typeText } from './setting-words.ts';

/** `docs/settings.md` */
export function settingsPage(): string {
  const groups = settingGroups();
  return page(
    '# Settings',
    paragraph(
      'Every setting of a stage. Each stage has one file, `infra/config/<stage>.ts`, which `-c stage=<stage>` selects (default',
      '`dev`). All settings are validated together: if one is wrong or unknown, `cdk synth` stops and lists every fault.',
    ),
    bullets(
      'A setting that is not in the file has its default. "none" means that the setting may be absent; the column "meaning" ' +
        'says what happens then.',
      'The last column says how a setting affects costs; "–" means not at all. Prices: ' +
        '[what it costs](operations.md#what-it-costs).',
    ),
    ...groups.flatMap(groupBlocks),
  );
}

function groupBlocks({ path, description, settings }: SettingGroup): string[] {
  const heading = path === '' ? '## At the top' : `## ${code(path)}`;
  const rows = settings.map((setting) => [
    nameCell(setting),
    typeText(setting.schema),
    defaultText(setting),
    setting.schema.description ?? '',
    setting.schema.cost === 'none' ? '' : (setting.schema.cost ?? ''),
  ]);
  const settingTable = table(['setting', 'type', 'default', 'meaning', 'effect on cost'], rows);
  return description === undefined ? [heading, settingTable] : [heading, description, settingTable];
}

function nameCell({ path, variant }: SettingFacts): string {
  return variant === undefined ? code(path) : `${code(path)}<br>with ${code(variant)}`;
}
