import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLAGS } from 'aws-cdk-lib/cx-api';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, test } from 'vitest';
import { FEATURE_FLAGS } from '../../../infra/config/feature-flags.ts';

/** Without the flag, lookup tables have the regions of every partition. */
const PARTITIONS = [...new Set(RegionInfo.regions.map(({ partition }) => partition))].sort();

/** Tests of the template do not read `cdk.json`, so it may not change the template. */
describe('the feature flags of cdk.json', () => {
  const cdk: { readonly context: Readonly<Record<string, unknown>> } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../cdk.json'), 'utf8'),
  );
  const flags = Object.entries(cdk.context).filter(([name]) => name !== 'cli-telemetry');

  test.each(flags)('%s has the default of the CDK', (name, value) => {
    const byDefault = FLAGS[name]?.unconfiguredBehavesLike?.v2 ?? false;
    expect(value).toEqual(name === '@aws-cdk/core:target-partitions' ? PARTITIONS : byDefault);
  });

  test('and the CDK sends no telemetry', () => {
    expect(cdk.context['cli-telemetry']).toBe(false);
  });

  test('are not set in infra/config/feature-flags.ts too', () => {
    expect(flags.map(([name]) => name).filter((name) => name in FEATURE_FLAGS)).toEqual([]);
  });
});
