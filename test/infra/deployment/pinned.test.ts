import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { synthesizeTemplate, withStack } from '../testing/synthesized.ts';

const AWS = { account: '123456789012', region: 'eu-west-1' };
const SETTINGS = { stage: 'test', aws: AWS };

/** The CDK CLI compares the environment with the credentials, and stops before it changes anything. */
test('a stage says where it is deployed', () => {
  const environment = withStack(SETTINGS, (stack) => {
    const root = stack.node.root;
    if (!App.isApp(root)) throw new Error('no app');
    return root.synth().getStackArtifact(stack.artifactId).environment;
  });
  expect(environment).toMatchObject(AWS);
});

test('its zones are not looked up in AWS, so that a synthesis needs no network', () => {
  const missing = withStack(SETTINGS, (stack) => {
    const root = stack.node.root;
    if (!App.isApp(root)) throw new Error('no app');
    return root.synth().manifest.missing;
  });
  expect(missing ?? []).toEqual([]);
});

test('a stage that is pinned later keeps every resource', () => {
  const typesOf = ({ Resources }: ReturnType<typeof synthesizeTemplate>) =>
    Object.entries<{ Type: string }>(Resources)
      // The API is deployed again, and the webhook has another version.
      .filter(([, { Type }]) => Type !== 'AWS::ApiGateway::Deployment' && Type !== 'AWS::Lambda::Version')
      .map(([logicalId, { Type }]) => `${logicalId} ${Type}`);
  expect(typesOf(synthesizeTemplate(SETTINGS))).toEqual(typesOf(synthesizeTemplate({ stage: 'test' })));
});

test('the zones of a VPC can be named', () => {
  const zoneNames = ['eu-west-1b', 'eu-west-1c'];
  const network = { vpc: { source: 'created', zoneNames } } as const;
  const { Resources } = synthesizeTemplate({ ...SETTINGS, network });
  const subnets = Object.values<{ Type: string; Properties: { AvailabilityZone: string } }>(Resources).filter(
    ({ Type }) => Type === 'AWS::EC2::Subnet',
  );
  expect(subnets.map(({ Properties }) => Properties.AvailabilityZone)).toEqual(zoneNames);
  expect(withStack({ stage: 'test' }, (stack) => Stack.of(stack).availabilityZones)).toHaveLength(2);
});

test('a context that is misspelt deploys nothing', async () => {
  const app = join(import.meta.dirname, '../../../infra/app.ts');
  const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ stag: 'uat' }) };
  await expect(promisify(execFile)(process.execPath, [app], { env })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no context "stag": the only one is "stage"'),
  });
});
