import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '../../..');

test('the CDK sends no telemetry', () => {
  // `CDK_DISABLE_CLI_TELEMETRY` in the environment would override the project's setting.
  const { CDK_DISABLE_CLI_TELEMETRY: _, ...env } = process.env;
  const cdk = join(PROJECT, 'node_modules/.bin/cdk');
  const status = spawnSync(cdk, ['cli-telemetry', '--status'], { cwd: PROJECT, env, encoding: 'utf8' });
  expect(status.stdout + status.stderr).toContain('CLI Telemetry is disabled');
});
