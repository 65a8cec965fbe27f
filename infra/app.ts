import { App } from 'aws-cdk-lib';
import { bundleFunctions } from './bundles/bundle.ts';
import { FEATURE_FLAGS } from './config/feature-flags.ts';
import { loadStage, SettingsError } from './config/load.ts';
import { OcrolusWebhooksStack } from './stack.ts';

/** The CDK app: `cdk synth -c stage=prod`. It needs no credentials and no lookups. */
async function synthesize(): Promise<void> {
  const app = new App({ context: FEATURE_FLAGS, analyticsReporting: false });
  requireKnownContext(app);
  const stage: unknown = app.node.tryGetContext('stage') ?? 'dev';
  const settings = await loadStage(new URL('./stages/', import.meta.url), String(stage));
  const bundles = await bundleFunctions();
  try {
    new OcrolusWebhooksStack(app, settings, bundles);
    app.synth();
  } finally {
    await bundles.remove();
  }
}

/** A misspelt `-c stag=prod` would deploy another stage. @throws SettingsError */
function requireKnownContext(app: App): void {
  const unknown = Object.keys(app.node.getAllContext()).filter((key) => !isKnown(key));
  if (unknown.length === 0) return;
  throw new SettingsError(
    `There is no context "${unknown.join('", "')}": the only one is "stage" (-c stage=prod)`,
  );
}

/** The keys of CDK have a prefix or, what it has looked up, a colon. */
function isKnown(key: string): boolean {
  return key === 'stage' || key === 'cli-telemetry' || key.startsWith('@aws-cdk') || key.includes(':');
}

try {
  await synthesize();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  // For a mistake in a settings file, a stack trace would only distract.
  console.error(error.message);
  process.exitCode = 1;
}
