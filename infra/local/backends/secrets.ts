import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { Topology } from '../template/topology.ts';

const Version = z.object({
  id: z.string(),
  /** Absent until it is put: a rotation begins with a version without value. */
  text: z.string().optional(),
  createdAt: z.iso.datetime(),
});

const Secret = z.object({
  arn: z.string(),
  name: z.string(),
  versions: z.array(Version),
  /** Maps each staging label to the id of its version. */
  stages: z.record(z.string(), z.string()),
});

export type Secret = z.infer<typeof Secret>;

export type SecretStore = ReturnType<typeof createSecretStore>;

/** The secrets of the stack. @param save is called after each change with all secrets. */
export function createSecretStore(
  secrets: Secret[] = [],
  save: (secrets: readonly Secret[]) => void = () => {},
) {
  /** @param id the ARN or the name. */
  const find = (id: string) => secrets.find(({ arn, name }) => arn === id || name === id);
  const get = (id: string) => {
    const secret = find(id);
    if (secret === undefined) throw new Error(`there is no secret ${id}`);
    return secret;
  };

  /** Moves a label, or removes it. The former current version becomes `AWSPREVIOUS`. */
  function label(id: string, stage: string, versionId: string | undefined): void {
    const { stages } = get(id);
    const former = stages[stage];
    if (versionId === undefined) delete stages[stage];
    else stages[stage] = versionId;
    if (stage === 'AWSCURRENT' && former !== undefined && former !== versionId) stages.AWSPREVIOUS = former;
    save(secrets);
  }

  /**
   * Adds a version and moves labels to it, as `PutSecretValue` does; by default `AWSCURRENT`.
   *
   * @throws Error if there is no such secret, or the version already has another value.
   */
  function put(
    id: string,
    text: string | undefined,
    { stages = ['AWSCURRENT'], token = randomUUID() }: { stages?: readonly string[]; token?: string } = {},
  ): void {
    const secret = get(id);
    const existing = secret.versions.find((version) => version.id === token);
    if (existing?.text !== undefined && existing.text !== text)
      throw new Error(`version ${token} exists already`);
    const version = { id: token, text, createdAt: new Date().toISOString() };
    secret.versions = [...secret.versions.filter((one) => one !== existing), version];
    for (const stage of stages) label(id, stage, token);
  }

  return {
    find,
    put,
    label,
    /** Text of the version with a label, by default `AWSCURRENT`. */
    text(id: string, stage = 'AWSCURRENT'): string | undefined {
      const secret = find(id);
      return secret?.versions.find((version) => version.id === secret.stages[stage])?.text;
    },
    create({ arn, name, text }: { readonly arn: string; readonly name: string; readonly text: string }) {
      secrets.push({ arn, name, versions: [], stages: {} });
      put(arn, text);
    },
  };
}

const Properties = z.object({
  GenerateSecretString: z.object({
    SecretStringTemplate: z.string(),
    GenerateStringKey: z.string(),
    PasswordLength: z.number().default(32),
  }),
});

/** Creates each secret of the template that does not exist, by its rules, but always of letters and digits. */
export function createSecrets(topology: Topology, store: SecretStore): void {
  for (const id of topology.idsOf('AWS::SecretsManager::Secret')) {
    const { arn, name } = topology.identity(id);
    if (store.find(arn) !== undefined) continue;
    const { GenerateSecretString: rules } = topology.properties(id, Properties);
    const template = z.record(z.string(), z.unknown()).parse(JSON.parse(rules.SecretStringTemplate));
    const password = randomBytes(rules.PasswordLength).toString('hex').slice(0, rules.PasswordLength);
    store.create({ arn, name, text: JSON.stringify({ ...template, [rules.GenerateStringKey]: password }) });
  }
}

/**
 * Opens the secrets in a file, which is written at each change and need not exist. A rotation that an earlier run
 * began is abandoned: its pending version would prevent the next rotation.
 *
 * @throws Error if the file holds something else.
 */
export function openStoredSecrets(file: string): SecretStore {
  const stored = existsSync(file) ? z.array(Secret).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
  for (const { stages } of stored) delete stages.AWSPENDING;
  return createSecretStore(stored, (secrets) => {
    // Written as a whole, so that a reader never sees a part.
    writeFileSync(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  });
}
