import type { SettingsInput } from './settings.ts';

/** The production stage: data outlives the stack. */
export default {
  stage: 'prod',
  logRetentionDays: 365,
  tags: { application: 'ocrolus-webhooks', stage: 'prod' },
} satisfies SettingsInput;
