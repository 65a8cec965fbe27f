import { readdir } from 'node:fs/promises';
import * as z from 'zod';
import { Settings } from './settings.ts';

/** A stage's settings are missing or wrong. The message names every fault, one a line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Files of this folder that are no stages. */
const OTHER_FILES = new Set([
  'alarms',
  'concurrency',
  'environment',
  'faults',
  'ingress',
  'load',
  'network',
  'ocrolus',
  'registration',
  'results',
  'retention',
  'security',
  'settings',
]);

/**
 * Loads the settings of a stage from `infra/config/<stage>.ts`.
 *
 * @throws SettingsError when there is no such stage, or with every fault that its settings have.
 */
export async function loadSettings(stage: string): Promise<Settings> {
  const stages = await stageNames();
  if (!stages.includes(stage)) {
    throw new SettingsError(
      `There is no stage "${stage}": infra/config/${stage}.ts does not exist. Stages: ${stages.join(', ')}`,
    );
  }
  const file: { default?: unknown } = await import(new URL(`${stage}.ts`, import.meta.url).href);
  return parseSettings(file.default, stage);
}

/**
 * Validates settings as a whole and fills in the defaults.
 *
 * @param stage the name of the file that they come from.
 * @throws SettingsError with every fault, each with the setting's name.
 */
export function parseSettings(input: unknown, stage: string): Settings {
  const parsed = Settings.safeParse(input);
  const issues = parsed.error?.issues ?? [];
  const itsFile = z.object({ stage: z.literal(stage, `must be "${stage}", like its file`) });
  const misplaced = issues.some(({ path }) => path[0] === 'stage')
    ? []
    : (itsFile.safeParse(input).error?.issues ?? []);
  const faults = [...issues, ...misplaced].flatMap(describe);
  if (!parsed.success || faults.length > 0) {
    const lines = [...new Set(faults)].map((fault) => `  ${fault}`).join('\n');
    throw new SettingsError(`The settings in infra/config/${stage}.ts have faults:\n${lines}`);
  }
  return parsed.data;
}

function describe(issue: z.core.$ZodIssue): string[] {
  const setting = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[setting, key].filter(Boolean).join('.')}: is no known setting`);
  }
  return [`${setting || '(all)'}: ${issue.message}`];
}

async function stageNames(): Promise<string[]> {
  const files = await readdir(import.meta.dirname);
  const names = files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
  return names.filter((name) => !OTHER_FILES.has(name)).sort();
}
