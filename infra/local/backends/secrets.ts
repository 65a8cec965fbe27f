import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { Topology } from '../template/topology.ts';

interface Version {
  readonly id: string;
  /** Absent until it is put: a rotation begins with a version without value. */
  readonly text?: string;
  readonly createdAt: Date;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly versions: ReadonlyMap<string, Version>;
  /** Maps each staging label to the id of its version. */
  readonly stages: ReadonlyMap<string, string>;
}

/** The secrets of the stack. */
export interface SecretStore {
  /** @param id the ARN or the name. */
  find(id: string): Secret | undefined;
  /** Text of the version with a label, by default `AWSCURRENT`. */
  text(id: string, stage?: string): string | undefined;
  /**
   * Adds a version and moves labels to it, as `PutSecretValue` does; by default `AWSCURRENT`.
   *
   * @throws Error if there is no such secret, or the version already has another value.
   */
  put(
    id: string,
    text: string | undefined,
    options?: { stages?: readonly string[]; token?: string },
  ): Version;
  /** Moves a label, or removes it. The former current version becomes `AWSPREVIOUS`. */
  label(id: string, stage: string, versionId: string | undefined): void;
  create(secret: { readonly arn: string; readonly name: string; readonly text: string }): void;
}

/** A secret in the store, which changes in place. */
interface StoredSecret extends Secret {
  readonly versions: Map<string, Version>;
  readonly stages: Map<string, string>;
}

/** @param save is called after each change with all secrets. */
export function createSecretStore(
  existing: readonly StoredSecret[] = [],
  save: (secrets: readonly Secret[]) => void = () => {},
): SecretStore {
  const secrets = new Map(existing.map((secret) => [secret.arn, secret]));
  const changed = () => save([...secrets.values()]);
  const find = (id: string) => secrets.get(id) ?? [...secrets.values()].find(({ name }) => name === id);
  const get = (id: string) => {
    const secret = find(id);
    if (secret === undefined) throw new Error(`there is no secret ${id}`);
    return secret;
  };

  function moveLabel(id: string, stage: string, versionId: string | undefined): void {
    const { stages } = get(id);
    const former = stages.get(stage);
    if (versionId === undefined) stages.delete(stage);
    else stages.set(stage, versionId);
    if (stage === 'AWSCURRENT' && former !== undefined && former !== versionId)
      stages.set('AWSPREVIOUS', former);
  }

  return {
    find,
    text: (id, stage = 'AWSCURRENT') => {
      const secret = find(id);
      return secret?.versions.get(secret.stages.get(stage) ?? '')?.text;
    },
    put(id, text, { stages = ['AWSCURRENT'], token = randomUUID() } = {}) {
      const { versions } = get(id);
      const existing = versions.get(token)?.text;
      if (existing !== undefined && existing !== text) throw new Error(`version ${token} exists already`);
      const version: Version = { id: token, createdAt: new Date(), ...(text !== undefined && { text }) };
      versions.set(token, version);
      for (const stage of stages) moveLabel(id, stage, token);
      changed();
      return version;
    },
    label(id, stage, versionId) {
      moveLabel(id, stage, versionId);
      changed();
    },
    create({ arn, name, text }) {
      secrets.set(arn, { arn, name, versions: new Map(), stages: new Map() });
      this.put(arn, text);
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

/** Creates each secret of the template that does not exist, by its rules, but always of letters and digits. */
export function createSecrets(topology: Topology, store: SecretStore): void {
  for (const id of topology.idsOf('AWS::SecretsManager::Secret')) {
    const { arn, name } = topology.identity(id);
    if (store.find(arn) !== undefined) continue;
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

const SecretsFile = z.array(
  z.object({
    arn: z.string(),
    name: z.string(),
    versions: z.array(z.object({ id: z.string(), text: z.string().optional(), createdAt: z.iso.datetime() })),
    stages: z.record(z.string(), z.string()),
  }),
);

/**
 * Opens the secrets in a file, which is written at each change and need not exist. A rotation that an earlier run
 * began is abandoned: its pending version would prevent the next rotation.
 *
 * @throws Error if the file holds something else.
 */
export function openStoredSecrets(file: string): SecretStore {
  const stored = existsSync(file) ? SecretsFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
  const secrets = stored.map(({ versions, stages: { AWSPENDING: _, ...stages }, ...secret }) => ({
    ...secret,
    versions: new Map(
      versions.map(({ id, text, createdAt }) => [
        id,
        { id, createdAt: new Date(createdAt), ...(text !== undefined && { text }) },
      ]),
    ),
    stages: new Map(Object.entries(stages)),
  }));
  return createSecretStore(secrets, (all) => write(file, all));
}

/** Writes the file as a whole, so that a reader never sees a part. */
function write(file: string, secrets: readonly Secret[]): void {
  const document = secrets.map(({ versions, stages, ...secret }) => ({
    ...secret,
    versions: [...versions.values()],
    stages: Object.fromEntries(stages),
  }));
  writeFileSync(`${file}.new`, JSON.stringify(document), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
