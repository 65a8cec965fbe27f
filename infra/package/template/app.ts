import { App } from 'aws-cdk-lib';
import { loadStage, OcrolusWebhooksStack } from 'ocrolus-webhooks';

/** `npx cdk deploy -c stage=prod` deploys the stage of `stages/prod.ts`. */
const app = new App();
const stage: unknown = app.node.tryGetContext('stage') ?? 'dev';
new OcrolusWebhooksStack(app, await loadStage(new URL('./stages/', import.meta.url), String(stage)));
