import { App } from 'aws-cdk-lib';
import { bundleFunctions } from './bundle.ts';
import { loadSettings, SettingsError } from './config/load.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { acknowledgeFindings } from './security/acknowledge.ts';
import { OcrolusWebhooksStack } from './stack.ts';
import { stackName } from './stack-name.ts';

/** The CDK app: `cdk synth -c stage=prod`. Needs no credentials and looks nothing up. */
async function synthesize(): Promise<void> {
  const app = new App({ context: FEATURE_FLAGS, analyticsReporting: false });
  const stage: unknown = app.node.tryGetContext('stage') ?? 'dev';
  const settings = await loadSettings(String(stage));
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
  // There is a mistake in a settings file: a stack trace would only hide it.
  console.error(error.message);
  process.exitCode = 1;
}
