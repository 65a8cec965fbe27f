import { describe, expect, test } from 'vitest';
import { Settings, type SettingsInput } from '../../infra/config/settings.ts';
import { type SettingFacts, settingGroups } from '../../infra/docs/settings/setting-facts.ts';

/** Tries the statements of docs/settings.md about each setting with the schema. */
const all = settingGroups().flatMap(({ settings }) => settings);
const STAGE: SettingsInput = { stage: 'test' };
const DEFAULTS: unknown = Settings.parse(STAGE);

test('docs/settings.md has every setting that a stage has after validation', () => {
  const documented = new Set(all.map(({ path }) => path.split('.')[0]));
  expect(documented).toEqual(new Set(Object.keys(Settings.parse(STAGE))).add('webhookReservedConcurrency'));
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
  if (
    setting.variant === undefined &&
    setting.required === undefined &&
    !path.includes('<') &&
    isSetByDefault(group)
  ) {
    test('has the default that the page shows', () => {
      expect(valueAt(DEFAULTS, path)).toEqual(schema.default);
    });
  }

  if (schema.minimum !== undefined && schema.maximum !== undefined) {
    test('may be in its range, and not beyond it', () => {
      const { minimum = Number.NaN, maximum = Number.NaN } = schema;
      expect(codesAt(setting, minimum)).not.toContain('too_small');
      expect(codesAt(setting, maximum)).not.toContain('too_big');
      expect(codesAt(setting, minimum - 1)).toContain('too_small');
      expect(codesAt(setting, maximum + 1)).toContain('too_big');
    });
  }

  if (schema.enum !== undefined) {
    test('may be each of its words', () => {
      for (const word of schema.enum ?? []) {
        expect(codesAt(setting, word)).not.toContain('invalid_value');
        expect(codesAt(setting, word)).not.toContain('invalid_union');
      }
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
  const names = path.replace('<kind>', 'forms').replace('<name>', 'team').split('.');
  const { error } = Settings.safeParse(stageWith(names, value, variant));
  const own = names.join('.');
  return (error?.issues ?? []).filter((issue) => issue.path.join('.') === own);
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
