import { expect, test } from 'vitest';
import { VARIANT_NAMES, variantTemplate } from '../templates/variants.ts';
import { ofType } from '../testing/template.ts';

/** A dynamic reference to a secret: CloudFormation resolves it, and anyone who can read the Lambda sees the value. */
const RESOLVED = /\{\{resolve:(secretsmanager|ssm-secure)/;

/** Long random text in an environment, which no setting has. */
const RANDOM = /^[A-Za-z0-9+/_-]{40,}=*$/;

test.each(VARIANT_NAMES)(
  'the variant %s has no secret in its template, and none in an environment',
  (name) => {
    const template = variantTemplate(name);
    expect(JSON.stringify(template)).not.toMatch(RESOLVED);
    for (const [id, secret] of ofType(template, 'AWS::SecretsManager::Secret')) {
      expect(secret, id).not.toHaveProperty('SecretString');
      expect(secret.KmsKeyId, id).toBeDefined();
    }
    for (const [id, lambda] of ofType(template, 'AWS::Lambda::Function')) {
      for (const [key, value] of Object.entries(lambda.Environment?.Variables ?? {})) {
        expect(key, id).not.toMatch(/PASSWORD|CLIENT_SECRET|TOKEN$/);
        if (typeof value === 'string') expect(value, id).not.toMatch(RANDOM);
      }
    }
  },
);
