import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { createSecretStore, type Secret, type SecretStore } from './secrets.ts';

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
