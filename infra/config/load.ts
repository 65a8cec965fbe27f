import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import type * as z from 'zod';
import { locationFaults } from './locations.ts';
import { Settings, type SettingsInput } from './settings.ts';

/** A stage's settings are missing or wrong. The message has every fault, one per line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Loads the settings of a stage from its file, `<stage>.ts` or `<stage>.js`.
 *
 * @param folder of the files, such as `new URL('./stages/', import.meta.url)`.
 * @throws SettingsError when there is no such stage, or its file names another one. The settings are not checked.
 */
export async function loadStage(folder: URL, stage: string): Promise<SettingsInput> {
  const files = readdirSync(folder).filter((name) => /(?<!\.d)\.[jt]s$/.test(name));
  const file = files.find((name) => stageOf(name) === stage);
  if (file === undefined) {
    throw new SettingsError(
      `There is no stage "${stage}": it has no file. Stages: ${files.map(stageOf).sort().join(', ')}`,
    );
  }
  const { default: settings } = (await import(new URL(file, folder).href)) as { default?: SettingsInput };
  if (settings?.stage === stage) return settings;
  throw new SettingsError(
    `The settings of ${file} have a fault:\n  stage: must be "${stage}", the name of its file`,
  );
}

function stageOf(file: string): string {
  return basename(basename(file, '.ts'), '.js');
}

/**
 * Validates settings as a whole and fills in the defaults.
 *
 * @param region of the stack, if it is known.
 * @throws SettingsError with every fault, each with the setting's name.
 */
export function parseSettings(input: unknown, region?: string): Settings {
  const parsed = Settings.safeParse(input);
  const elsewhere = locationFaults(parsed.data ?? {}, parsed.data?.aws?.region ?? region).map(
    ({ path, message }) => `${path.join('.')}: ${message}: deploy there, or name another one`,
  );
  const faults = [...(parsed.error?.issues ?? []).flatMap(describe), ...elsewhere];
  if (!parsed.success || faults.length > 0) {
    const lines = [...new Set(faults)].map((fault) => `  ${fault}`).join('\n');
    const { stage } = Object(input) as { stage?: unknown };
    throw new SettingsError(`The settings of stage ${JSON.stringify(stage)} have faults:\n${lines}`);
  }
  return parsed.data;
}

function describe(issue: z.core.$ZodIssue): string[] {
  const setting = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[setting, key].filter(Boolean).join('.')}: is not a known setting`);
  }
  return [`${setting || '(all)'}: ${issue.message}`];
}
