import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseSettings } from '../../infra/config/load.ts';
import { Settings, type SettingsInput } from '../../infra/config/settings.ts';
import { type SettingFacts, settingGroups } from '../../infra/docs/settings/setting-facts.ts';
import productionSettings from '../../infra/stages/prod.ts';
import { ROOT } from './markdown.ts';

/** Tries the statements of docs/settings.md about each setting with the schema. */
const all = settingGroups().flatMap(({ settings }) => settings);
const STAGE: SettingsInput = { stage: 'test' };
const DEFAULTS: unknown = Settings.parse(STAGE);

test('docs/settings.md has every setting that a stage has after validation', () => {
  const documented = new Set(all.map(({ path }) => path.split('.')[0]));
  // These have no default.
  const optional = ['aws', 'probeMinutes', 'webhookReservedConcurrency'];
  expect(documented).toEqual(new Set([...Object.keys(Settings.parse(STAGE)), ...optional]));
});

describe.each(all.map((setting) => [titleOf(setting), setting] as const))('%s', (_, setting) => {
  const { path, schema } = setting;

  test('says what it does, and its effect on cost', () => {
    expect(schema).toMatchObject({
      description: expect.stringMatching(/[^.]$/),
      cost: expect.stringMatching(/[^.]$/),
    });
  });

  test('is a setting: a value of another type is a fault of it', () => {
    expect(faultsAt(setting, { no: 'value' })).not.toEqual([]);
  });

  const group = path.split('.').slice(0, -1).join('.');
  const isOptional = setting.variant === undefined && setting.required === undefined && !path.includes('<');
  if (isOptional && isSetByDefault(group)) {
    test('has the default that the page shows', () => {
      expect(valueAt(DEFAULTS, path)).toEqual(schema.default);
    });
  }

  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) {
    test('may be in its range, and not beyond it', () => {
      expect(codesAt(setting, minimum)).not.toContain('too_small');
      expect(codesAt(setting, maximum)).not.toContain('too_big');
      expect(codesAt(setting, minimum - 1)).toContain('too_small');
      expect(codesAt(setting, maximum + 1)).toContain('too_big');
    });
  }

  if (schema.enum !== undefined) {
    const words = schema.enum;
    test('may be each of its words', () => {
      const codes = words.flatMap((word) => codesAt(setting, word));
      expect(codes.filter((code) => /^invalid_(value|union)$/.test(code))).toEqual([]);
    });
  }
});

/** True if a stage that sets nothing has this group of settings. The top is no group. */
function isSetByDefault(group: string): boolean {
  return group === '' || valueAt(DEFAULTS, group) !== undefined;
}

function titleOf({ path, variant }: SettingFacts): string {
  return variant === undefined ? path : `${path} with ${variant}`;
}

/** Faults at a setting that has a value, in a stage that sets nothing else. */
function faultsAt({ path, variant }: SettingFacts, value: unknown) {
  const names = path
    .replace('<kind>', 'forms')
    .replace('<name>', 'team')
    .replace('<function>', 'webhook')
    .split('.');
  const { error } = Settings.safeParse(stageWith(names, value, variant));
  const own = names.join('.');
  return (error?.issues ?? []).filter(
    (issue) => issue.path.join('.') === own || issue.path.join('.') === `${own}.no`,
  );
}

function codesAt(setting: SettingFacts, value: unknown): string[] {
  return faultsAt(setting, value).map(({ code }) => code);
}

/** A stage with one setting, and the variant of its group to which the setting belongs. */
function stageWith(names: readonly string[], value: unknown, variant: string | undefined): unknown {
  const [, discriminator = '', word = ''] = /^(\w+): '(\w+)'$/.exec(variant ?? '') ?? [];
  const [last = '', ...groups] = names.toReversed();
  const group = { ...(variant !== undefined && { [discriminator]: word }), [last]: value };
  const settings = groups.reduce<object>((inner, name) => ({ [name]: inner }), group);
  return { ...STAGE, ...settings };
}

function valueAt(settings: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], settings);
}

const guide = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const [, prod = ''] = /```ts\n([\s\S]*?satisfies SettingsInput;\n)```/.exec(guide) ?? [];

test('the settings of the guide compile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tsconfig = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')] },
    include: ['stages/prod.ts'],
  };
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of ['stages', 'config']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'stages/prod.ts'), prod);
  writeFileSync(join(folder, 'config/settings.ts'), `export * from '${ROOT}/infra/config/settings.ts';\n`);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('the settings of the guide are accepted, keep those of infra/stages/prod.ts, and decide eight things', async () => {
  const module = stripTypeScriptTypes(prod, { mode: 'strip' });
  const { default: settings } = await import(`data:text/javascript,${encodeURIComponent(module)}`);
  expect(() => parseSettings(settings)).not.toThrow();
  expect(settings).toMatchObject(productionSettings);
  expect(Object.keys(settings).filter((name) => !(name in productionSettings))).toHaveLength(8);
});
