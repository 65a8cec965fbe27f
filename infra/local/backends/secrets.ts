import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Topology } from '../template/topology.ts';

interface Version {
  readonly id: string;
  readonly text: string;
  readonly createdAt: Date;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly current: Version;
  readonly previous?: Version;
}

/** The secrets of the stack, in memory. */
export interface SecretStore {
  /** @param id the ARN or the name. */
  find(id: string): Secret | undefined;
  /** Makes `text` the current version, as `PutSecretValue` does. @throws Error when there is no such secret. */
  put(id: string, text: string): Secret;
  create(secret: { readonly arn: string; readonly name: string; readonly text: string }): void;
}

export function createSecretStore(): SecretStore {
  const secrets = new Map<string, Secret>();
  const version = (text: string): Version => ({ id: randomUUID(), text, createdAt: new Date() });
  const find = (id: string) => secrets.get(id) ?? [...secrets.values()].find(({ name }) => name === id);

  return {
    find,
    put(id, text) {
      const secret = find(id);
      if (secret === undefined) throw new Error(`there is no secret ${id}`);
      const updated = { ...secret, current: version(text), previous: secret.current };
      secrets.set(secret.arn, updated);
      return updated;
    },
    create({ arn, name, text }) {
      secrets.set(arn, { arn, name, current: version(text) });
    },
  };
}

const Generation = z.object({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: z.number().default(32),
});

const Properties = z.object({
  SecretString: z.string().optional(),
  GenerateSecretString: Generation.optional(),
});

/** Creates every secret of the template, generated as the template says (always letters and digits). */
export function createSecrets(topology: Topology, store: SecretStore): void {
  for (const id of topology.idsOf('AWS::SecretsManager::Secret')) {
    const { arn, name } = topology.identity(id);
    const { SecretString, GenerateSecretString } = topology.properties(id, Properties);
    store.create({ arn, name, text: SecretString ?? generate(GenerateSecretString ?? Generation.parse({})) });
  }
}

function generate(generation: z.infer<typeof Generation>): string {
  const password = randomBytes(generation.PasswordLength).toString('hex').slice(0, generation.PasswordLength);
  if (generation.GenerateStringKey === undefined) return password;
  const template = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(generation.SecretStringTemplate ?? '{}'));
  return JSON.stringify({ ...template, [generation.GenerateStringKey]: password });
}
