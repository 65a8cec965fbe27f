import type { SettingsInput } from 'ocrolus-webhooks';

/** A trial stage: everything is deleted with the stack. */
export default {
  stage: 'dev',
  logLevel: 'DEBUG',
  logRetentionDays: 14,
  ledgerDays: 30,
  removalPolicy: 'destroy',
  tags: { application: 'ocrolus-webhooks', stage: 'dev' },
  // Sets API Gateway's log role for the whole account and region; leave this out if something else sets it.
  apiGatewayLogRole: true,
} satisfies SettingsInput;
