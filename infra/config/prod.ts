import type { SettingsInput } from './settings.ts';

/** The production stage. Before it is deployed, decide on the settings that docs/operations.md#complete-settings shows. */
export default {
  stage: 'prod',
  logRetentionDays: 365,
  tags: { application: 'ocrolus-webhooks', stage: 'prod' },
} satisfies SettingsInput;
