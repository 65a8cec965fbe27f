import { randomUUID } from 'node:crypto';
import type { InvocationOutcome } from '../lambda/protocol.ts';
import type { LocalLog } from '../log.ts';
import type { Secret, SecretStore } from './secrets.ts';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/**
 * Rotates a secret as Secrets Manager does: a pending version without value, then the steps of the rotation function,
 * until one fails. It continues in the background; callers read the versions to learn the result.
 *
 * @returns the id of the pending version.
 * @throws Error while the version of another rotation is pending.
 */
export function startRotation(
  secret: Secret,
  token: string = randomUUID(),
  options: {
    readonly store: SecretStore;
    readonly invoke: (event: object) => Promise<InvocationOutcome>;
    readonly log: LocalLog;
  },
): string {
  const { store, invoke, log } = options;
  const pending = secret.stages.get('AWSPENDING');
  const isBusy = pending !== undefined && pending !== secret.stages.get('AWSCURRENT') && pending !== token;
  if (isBusy) throw new Error('A previous rotation isn’t complete.');
  if (!secret.versions.has(token)) store.put(secret.arn, undefined, { stages: ['AWSPENDING'], token });
  void (async () => {
    for (const Step of STEPS) {
      const outcome = await invoke({ Step, SecretId: secret.arn, ClientRequestToken: token });
      if (outcome.ok) continue;
      log('rotation', `${Step} failed: ${outcome.error.errorMessage}`);
      return;
    }
  })();
  return token;
}
