import { readdirSync } from 'node:fs';
import { basename } from 'node:path';

/** Files of this folder that are not stages. */
const OTHER_FILES = new Set([
  'alarms',
  'checks',
  'environment',
  'ingress',
  'load',
  'locations',
  'network',
  'ocrolus',
  'registration',
  'retention',
  'security',
  'settings',
  'stage-names',
  'storage',
  'values',
]);

/** The stages that have a settings file, in alphabetical order. */
export function stageNames(): string[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'));
  return files
    .map((file) => basename(file, '.ts'))
    .filter((name) => !OTHER_FILES.has(name))
    .sort();
}
