import { expect, test } from 'vitest';
import { FULL } from '../../testing/settings.ts';
import { resources, synthesizeStack } from '../../testing/synthesized.ts';

const security = { rolePath: '/applications/lending/', roleNamePrefix: 'lending-' };

test('every role and managed policy has the path, and every role a name of its own with the prefix', () => {
  const template = synthesizeStack({ ...FULL, security, storage: {} });
  const roles = resources(template, 'AWS::IAM::Role').map(([, { Properties }]) => Properties);
  const policies = resources(template, 'AWS::IAM::ManagedPolicy').map(([, { Properties }]) => Properties);
  expect(roles.length).toBeGreaterThan(15);
  expect(policies.length).toBeGreaterThan(4);
  for (const { Path } of [...roles, ...policies]) expect(Path).toBe(security.rolePath);
  const names: string[] = roles.map(({ RoleName }) => RoleName);
  for (const name of names) expect(name).toMatch(/^lending-[\w-]{1,56}$/);
  expect(new Set(names).size).toBe(names.length);
});

test('without these settings, CloudFormation chooses', () => {
  for (const [, { Properties }] of resources(synthesizeStack(FULL), 'AWS::IAM::Role')) {
    expect(Properties).not.toHaveProperty('Path');
    expect(Properties).not.toHaveProperty('RoleName');
  }
});
