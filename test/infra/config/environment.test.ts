import { describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { ConsumerSettings } from '../../../functions/consumers/runtime/settings.ts';
import { PollerSettings } from '../../../functions/poller/dependencies.ts';
import { RegistrationSettings } from '../../../functions/registration/registration.ts';
import { RotationSettings } from '../../../functions/rotation/rotate.ts';
import { WebhookSettings } from '../../../functions/webhook/settings.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { readSettings } from '../../../shared/settings.ts';
import { json, resolve } from '../testing/resolved.ts';
import { FULL } from '../testing/settings.ts';
import { lambdaOf, resources, STAGE, synthesizeStack } from '../testing/synthesized.ts';

const template = synthesizeStack(FULL);
const variablesOf = (name: string, from = template) =>
  lambdaOf(from, name)[1].Properties.Environment.Variables;

/** `{account: {kind: reference}}` of secrets. */
function secretsOf(...kinds: readonly ('webhook' | 'credentials')[]): object {
  const ofAccount = (account: string) =>
    Object.fromEntries(
      kinds.map((kind) => {
        const [id] =
          resources(template, 'AWS::SecretsManager::Secret').find(
            ([, { Properties }]) => Properties.Name === `ocrolus/${STAGE}/${account}/${kind}`,
          ) ?? [];
        return [kind === 'webhook' ? 'webhookSecret' : kind, `<${id}>`];
      }),
    );
  return { default: ofAccount('default'), lending: ofAccount('lending') };
}

describe('the environment of', () => {
  test.each<[string, readonly ('webhook' | 'credentials')[]]>([
    ['webhook', ['webhook']],
    ['registration', ['webhook', 'credentials']],
    ['rotation', ['webhook', 'credentials']],
    ...['poller', ...CHANNELS].map((name): [string, ['credentials']] => [name, ['credentials']]),
  ])('%s: the %j secrets of every account, and no others', (name, kinds) => {
    expect(json(variablesOf(name).ACCOUNTS)).toEqual(secretsOf(...kinds));
  });
});

const SCHEMAS: [string, z.ZodMiniObject][] = [
  ['webhook', WebhookSettings],
  ['poller', PollerSettings],
  ['registration', RegistrationSettings],
  ['rotation', RotationSettings],
  ...CHANNELS.map((channel): [string, z.ZodMiniObject] => [channel, ConsumerSettings]),
];

describe('every Lambda accepts its environment', () => {
  const byDefault = synthesizeStack();

  /** The environment as the Lambda sees it. Stand-ins for ARNs and names may be any text, URLs must be URLs. */
  function environmentOf(name: string): Record<string, string> {
    const variables: Record<string, unknown> = variablesOf(name, byDefault);
    const deployed = (reference: object) => `https://${Object.values(reference).flat()[0]}`;
    return Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, resolve(value, deployed)]),
    );
  }

  test.each(SCHEMAS)('%s', (name, schema) => {
    const environment = environmentOf(name);
    expect(() => readSettings(schema, environment)).not.toThrow();
    // A misspelt name would leave a setting to its default, and an unknown variable is read by nothing.
    const optional = [
      ...[
        'OCROLUS_AUDIENCE',
        'OCROLUS_TOKEN_FORMAT',
        'PARAMETERS',
        'RESULTS',
        'POLL_DISCOVER_FROM',
        'TIME_SCALE',
      ],
      ...[
        'PROBE_FUNCTION',
        'SECRET_REREAD_SECONDS',
        'ROTATION_SETTLE_SECONDS',
        'PAYLOAD_DAYS',
        'RESULT_DAYS',
        'DOCUMENT_DAYS',
      ],
    ];
    const known = Object.keys(schema.shape).filter((key) => !optional.includes(key));
    expect(Object.keys(environment).sort()).toEqual([...known, 'NODE_OPTIONS'].sort());
  });

  test.each(SCHEMAS)('%s: without a variable, it uses the default of the settings', (name, schema) => {
    const environment = environmentOf(name);
    const whole = readSettings(schema, environment);
    const withDefault = Object.keys(environment).filter((key) => {
      const { [key]: _, ...others } = environment;
      const read = schema.safeParse(others);
      if (read.success) expect(read.data, key).toEqual(whole);
      return read.success && key in schema.shape;
    });
    expect(withDefault).toContain('LOG_LEVEL');
  });
});
