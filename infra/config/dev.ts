import type { SettingsInput } from './settings.ts';

/** A stage to try things on: everything goes when the stack is deleted. */
export default {
  stage: 'dev',
  logLevel: 'DEBUG',
  logRetentionDays: 14,
  ledgerDays: 30,
  removalPolicy: 'destroy',
  tags: { application: 'ocrolus-webhooks', stage: 'dev' },
} satisfies SettingsInput;
