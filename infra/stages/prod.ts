import type { SettingsInput } from '../config/settings.ts';

/**
 * The production stage. Before it is deployed, decide on the settings that docs/operations.md#complete-settings shows;
 * docs/settings.md has every setting. In an app that `init` made, these pages are in node_modules/ocrolus-webhooks.
 */
export default {
  stage: 'prod',
  // Pins the stage, so that other credentials cannot deploy it somewhere else:
  // aws: { account: '123456789012', region: 'us-east-1' },
  //
  // How Ocrolus gets in. The default is private: only through the VPC endpoint, by a way of your own (docs/ingress.md).
  // ingress: { kind: 'allowlisted', hostName: 'webhooks.example.com', certificateArn: 'arn:aws:acm:…' },
  //
  // Who is called at night:
  // alarms: { emails: ['operations@example.com'] },
  //
  // Let a deployment register the webhook with Ocrolus, once the API credentials are in their secret:
  // registration: { enabled: true },
  logRetentionDays: 365,
  tags: { application: 'ocrolus-webhooks', stage: 'prod' },
  // A new version of the webhook gets a tenth of the deliveries first.
  webhookDeployment: 'canary',
  // Posts a signed ping to itself, and pages when that is not accepted.
  probeMinutes: 5,
  // Sets API Gateway's log role for the whole account and region; leave this out if something else sets it.
  apiGatewayLogRole: true,
} satisfies SettingsInput;
