import { parseSettings, SettingsError } from '../../../infra/config/load.ts';

/** The faults of a stage with some settings, a line each. */
export function faultsOf(settings: object): string[] {
  try {
    parseSettings(Array.isArray(settings) ? settings : { stage: 'test', ...settings });
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.message.split('\n').slice(1);
  }
}
