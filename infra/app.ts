import { App } from 'aws-cdk-lib';
import { bundleFunctions } from './bundle.ts';
import { loadSettings, SettingsError } from './config/load.ts';
import { regionOf } from './config/locations.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { acknowledgeFindings } from './security/acknowledge.ts';
import { OcrolusWebhooksStack } from './stack.ts';
import { stackName } from './stack-name.ts';

/** The CDK app: `cdk synth -c stage=prod`. It needs no credentials and no lookups. */
async function synthesize(): Promise<void> {
  const app = new App({ context: FEATURE_FLAGS, analyticsReporting: false });
  const stage: unknown = app.node.tryGetContext('stage') ?? 'dev';
  const settings = await loadSettings(String(stage), regionOf(process.env));
  const bundles = await bundleFunctions();
  try {
    const stack = new OcrolusWebhooksStack(app, stackName(settings.stage), { settings, bundles });
    acknowledgeFindings(stack);
    app.synth();
  } finally {
    await bundles.remove();
  }
}

try {
  await synthesize();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  // For a mistake in a settings file, a stack trace would only distract.
  console.error(error.message);
  process.exitCode = 1;
}
