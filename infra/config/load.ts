import * as z from 'zod';
import { locationFaults } from './locations.ts';
import { Settings } from './settings.ts';
import { stageNames } from './stage-names.ts';

/** A stage's settings are missing or wrong. The message has every fault, one per line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Loads the settings of a stage from `infra/config/<stage>.ts`.
 *
 * @param region of the stack, if it is known.
 * @throws SettingsError when there is no such stage, or with every fault that its settings have.
 */
export async function loadSettings(stage: string, region?: string): Promise<Settings> {
  const stages = stageNames();
  if (!stages.includes(stage)) {
    throw new SettingsError(
      `There is no stage "${stage}": infra/config/${stage}.ts does not exist. Stages: ${stages.join(', ')}`,
    );
  }
  const file: { default?: unknown } = await import(new URL(`${stage}.ts`, import.meta.url).href);
  return parseSettings(file.default, stage, region);
}

/**
 * Validates settings as a whole and fills in the defaults.
 *
 * @param stage name of the settings' file.
 * @param region of the stack, if it is known.
 * @throws SettingsError with every fault, each with the setting's name.
 */
export function parseSettings(input: unknown, stage: string, region?: string): Settings {
  const parsed = Settings.safeParse(input);
  const issues = parsed.error?.issues ?? [];
  const ofFile = z.object({ stage: z.literal(stage, `must be "${stage}", the name of its file`) });
  const misplaced = issues.some(({ path }) => path[0] === 'stage')
    ? []
    : (ofFile.safeParse(input).error?.issues ?? []);
  const elsewhere = locationFaults(parsed.data ?? {}, parsed.data?.aws?.region ?? region).map(
    ({ path, message }) => `${path.join('.')}: ${message}: deploy there, or name another one`,
  );
  const faults = [...[...issues, ...misplaced].flatMap(describe), ...elsewhere];
  if (!parsed.success || faults.length > 0) {
    const lines = [...new Set(faults)].map((fault) => `  ${fault}`).join('\n');
    throw new SettingsError(`The settings in infra/config/${stage}.ts have faults:\n${lines}`);
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
