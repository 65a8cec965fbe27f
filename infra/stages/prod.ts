import type { SettingsInput } from '../config/settings.ts';

/** The production stage. Before it is deployed, decide on the settings that docs/operations.md#complete-settings shows. */
export default {
  stage: 'prod',
  logRetentionDays: 365,
  tags: { application: 'ocrolus-webhooks', stage: 'prod' },
  // A new version of the webhook gets a tenth of the deliveries first.
  webhookDeployment: 'canary',
  // Posts a signed ping to itself, and pages when that is not accepted.
  probeMinutes: 5,
  // Sets API Gateway's log role for the whole account and region; leave this out if something else sets it.
  apiGatewayLogRole: true,
} satisfies SettingsInput;
