import { expect } from 'vitest';
import { callAws } from '../aws-call.ts';
import { queryAws } from '../query-call.ts';
import type { ReadBack } from './read-back.ts';

export const roles: ReadBack = {
  what: 'every role has its trust, its boundary and exactly its policies',
  types: ['AWS::IAM::Role', 'AWS::IAM::Policy'],
  async compare(moto, stack) {
    for (const [id, role] of stack.resolved('AWS::IAM::Role')) {
      const RoleName = stack.idOf(id);
      const { GetRoleResponse } = await queryAws(moto, 'iam', 'GetRole', { RoleName });
      const made = GetRoleResponse.GetRoleResult.Role;
      expect(document(made.AssumeRolePolicyDocument), id).toEqual(role.AssumeRolePolicyDocument);
      expect(made.PermissionsBoundary?.PermissionsBoundaryArn, id).toBe(role.PermissionsBoundary);

      const attached = stack
        .resolved('AWS::IAM::Policy')
        .map(([, policy]) => policy)
        .filter(({ Roles }) => Roles.includes(RoleName));
      const wanted = new Map(
        [...attached, ...(role.Policies ?? [])].map(({ PolicyName, PolicyDocument }) => [
          PolicyName,
          PolicyDocument,
        ]),
      );
      // The emulator keeps these as text of Python.
      for (const { PolicyName, PolicyDocument } of role.Policies ?? []) {
        const parameters = { RoleName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) };
        await queryAws(moto, 'iam', 'PutRolePolicy', parameters);
      }
      const { ListRolePoliciesResponse } = await queryAws(moto, 'iam', 'ListRolePolicies', { RoleName });
      const { PolicyNames } = ListRolePoliciesResponse.ListRolePoliciesResult;
      const names: string[] = PolicyNames === '' ? [] : PolicyNames;
      expect(names.sort(), id).toEqual([...wanted.keys()].sort());
      for (const PolicyName of names) {
        const { GetRolePolicyResponse } = await queryAws(moto, 'iam', 'GetRolePolicy', {
          RoleName,
          PolicyName,
        });
        const policy = GetRolePolicyResponse.GetRolePolicyResult.PolicyDocument;
        expect(document(policy), `${id} ${PolicyName}`).toEqual(wanted.get(PolicyName));
      }
    }
  },
};

export const operatorPolicies: ReadBack = {
  what: 'every policy for operators is as wanted, and attached to nothing',
  types: ['AWS::IAM::ManagedPolicy'],
  async compare(moto, stack) {
    for (const [id, { PolicyDocument }] of stack.resolved('AWS::IAM::ManagedPolicy')) {
      const PolicyArn = stack.idOf(id);
      const { GetPolicyResponse } = await queryAws(moto, 'iam', 'GetPolicy', { PolicyArn });
      const { DefaultVersionId, AttachmentCount } = GetPolicyResponse.GetPolicyResult.Policy;
      expect(Number(AttachmentCount), id).toBe(0);
      const parameters = { PolicyArn, VersionId: DefaultVersionId };
      const { GetPolicyVersionResponse } = await queryAws(moto, 'iam', 'GetPolicyVersion', parameters);
      const made = GetPolicyVersionResponse.GetPolicyVersionResult.PolicyVersion.Document;
      expect(document(made), id).toEqual(PolicyDocument);
    }
  },
};

/** IAM answers with a policy as text of a URL. */
function document(text: string): unknown {
  return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
}

export const key: ReadBack = {
  what: 'the key rotates, has its policy and its alias',
  types: ['AWS::KMS::Key', 'AWS::KMS::Alias'],
  async compare(moto, stack) {
    const kms = (operation: string, body: object) =>
      callAws(moto, { service: 'kms', target: `TrentService.${operation}`, body });
    for (const [id, { KeyPolicy, EnableKeyRotation }] of stack.resolved('AWS::KMS::Key')) {
      const KeyId = stack.idOf(id);
      const { Policy } = await kms('GetKeyPolicy', { KeyId, PolicyName: 'default' });
      // The emulator keeps what its CloudFormation gave it, an object.
      expect(typeof Policy === 'string' ? JSON.parse(Policy) : Policy, id).toEqual(KeyPolicy);
      expect(await kms('GetKeyRotationStatus', { KeyId })).toMatchObject({
        KeyRotationEnabled: EnableKeyRotation,
      });
      const { Aliases } = await kms('ListAliases', { KeyId });
      const names = stack.resolved('AWS::KMS::Alias').map(([, { AliasName }]) => ({ AliasName }));
      expect(Aliases, id).toMatchObject(names);
    }
  },
};

export const secrets: ReadBack = {
  what: 'every secret is there under the name that operators know, and is rotated by a function that exists',
  types: ['AWS::SecretsManager::Secret'],
  async compare(moto, stack) {
    const resolved = stack.resolved('AWS::SecretsManager::Secret');
    expect(resolved.length).toBeGreaterThanOrEqual(2);
    for (const [id, { Name }] of resolved) {
      const body = { SecretId: stack.idOf(id) };
      const target = 'secretsmanager.DescribeSecret';
      const made = await callAws(moto, { service: 'secretsmanager', target, body });
      expect(made.Name, id).toBe(Name);
    }
    const arns = resolved.map(([id]) => stack.idOf(id));
    const names = stack.resolved('AWS::Lambda::Function').map(([id]) => stack.idOf(id));
    for (const [id, schedule] of stack.resolved('AWS::SecretsManager::RotationSchedule')) {
      expect(arns, id).toContain(schedule.SecretId);
      expect(names, id).toContain(schedule.RotationLambdaARN.split(':function:')[1]);
    }
  },
};
