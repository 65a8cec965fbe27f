import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../../infra/functions.ts';
import { variantTemplate } from '../templates/variants.ts';
import { ofType } from '../testing/template.ts';

describe('requirements of an account', () => {
  const strict = variantTemplate('strict-account');

  test('a permissions boundary is on every role, including those of CDK', () => {
    const roles = ofType(strict, 'AWS::IAM::Role');
    // Each function has one, and so have services.
    expect(roles.length).toBeGreaterThan(FUNCTION_NAMES.length);
    for (const [id, role] of roles) {
      expect(role.PermissionsBoundary, id).toBe('arn:aws:iam::123456789012:policy/boundary');
    }
    for (const [, role] of ofType(variantTemplate('default'), 'AWS::IAM::Role')) {
      expect(role).not.toHaveProperty('PermissionsBoundary');
    }
  });

  test('access to the bucket is logged to the account’s bucket', () => {
    const [[, bucket] = ['', {}]] = ofType(strict, 'AWS::S3::Bucket');
    expect(bucket.LoggingConfiguration).toEqual({
      DestinationBucketName: 'logs-of-the-account',
      LogFilePrefix: 'ocrolus-webhooks/',
    });
  });
});

describe('account numbers in logs', () => {
  const logGroupOf = (name: string) => {
    const template = variantTemplate(name);
    const ids = ofType(template, 'AWS::Lambda::Function').map(
      ([, lambda]) => lambda.LoggingConfig.LogGroup.Ref,
    );
    expect(ids.length).toBeGreaterThanOrEqual(FUNCTION_NAMES.length);
    return ofType(template, 'AWS::Logs::LogGroup').filter(([id]) => ids.includes(id));
  };

  test('are masked and counted, in the log group of every function', () => {
    for (const [id, group] of logGroupOf('prod')) {
      const [audit, mask] = group.DataProtectionPolicy.Statement;
      expect(audit.Operation, id).toHaveProperty('Audit');
      expect(mask.Operation, id).toEqual({ Deidentify: { MaskConfig: {} } });
      expect(mask.DataIdentifier, id).toEqual(audit.DataIdentifier);
      expect(JSON.stringify(mask.DataIdentifier)).toContain(
        'dataprotection::aws:data-identifier/BankAccountNumber-US',
      );
    }
  });

  test('are masked as Ocrolus writes them: a field name before the number', () => {
    const [[, group] = ['', {}]] = logGroupOf('prod');
    const custom: { Regex: string }[] = group.DataProtectionPolicy.Configuration.CustomDataIdentifier;
    const masked = (line: string) => custom.some(({ Regex }) => new RegExp(Regex).test(line));
    expect(masked('{"account_number":"000123456789"}')).toBe(true);
    expect(masked('{\\"account_number\\": 4111}')).toBe(true);
    expect(masked('{"routing_number":"021000021"}')).toBe(true);
    // Fields that the functions log must stay readable.
    expect(masked('{"account":"default","bookPk":12345678,"channel":"book-verified"}')).toBe(false);
    for (const { Regex } of custom) expect(Regex).toMatch(/^[\w#=@/;, $?[\]{}|\\*+.^-]{1,200}$/);
  });

  test('are not masked if a stage turns masking off', () => {
    for (const [, group] of logGroupOf('trial-account'))
      expect(group).not.toHaveProperty('DataProtectionPolicy');
  });
});
