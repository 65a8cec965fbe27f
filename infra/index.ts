/** The entry `ocrolus-webhooks`: everything for a CDK app. */
export { loadStage, SettingsError } from './config/load.ts';
export type { SettingsInput } from './config/settings.ts';
export { OcrolusWebhooks } from './ocrolus-webhooks.ts';
export { OcrolusWebhooksStack } from './stack.ts';
