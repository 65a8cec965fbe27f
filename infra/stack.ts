import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Bundles } from './bundles/bundles.ts';
import { parseSettings } from './config/load.ts';
import { regionOf } from './config/locations.ts';
import type { SettingsInput } from './config/settings.ts';
import { stackName } from './functions.ts';
import { OcrolusWebhooks } from './ocrolus-webhooks.ts';

/**
 * A stack with one stage and nothing else. Without the setting `aws`, it can be deployed to any account and region.
 *
 * @throws SettingsError with every fault of the settings.
 */
export class OcrolusWebhooksStack extends Stack {
  readonly webhooks: OcrolusWebhooks;

  /** @param bundles of the functions; by default those of this package. */
  constructor(scope: Construct, input: SettingsInput, bundles?: Bundles) {
    const { stage, aws, tags } = parseSettings(input, regionOf(process.env));
    super(scope, stackName(stage), {
      stackName: stackName(stage),
      ...(aws !== undefined && { env: aws }),
      description: `Ocrolus webhooks, stage ${stage}`,
      tags,
    });
    // CDK gives each Lambda a redundant dependency on its role, which is harmless.
    this.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
    // The id `Default` adds nothing to logical ids. CloudFormation adds the tags of the stack to its resources.
    this.webhooks = new OcrolusWebhooks(this, 'Default', { ...input, tags: {} }, bundles);
  }

  /** Zones that CloudFormation chooses. CDK would look them up in AWS where account and region are known. */
  override get availabilityZones(): string[] {
    return [0, 1].map((n) => Fn.select(n, Fn.getAzs()));
  }
}
