import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { TestOutcome } from '../../shared/ocrolus/webhooks/level.ts';
import { webhookSettings } from '../../shared/ocrolus/webhooks/settings.ts';
import type { WebhookSecret } from '../../shared/secrets/webhook-secret.ts';
import { commonSettings, integerSetting, REGISTRATION_DEFAULTS } from '../../shared/settings.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import { iso } from '../../shared/time.ts';
import type { SecretVersions, Version } from './secret-versions.ts';

export const RotationSettings = z.object({
  ...commonSettings,
  ...webhookSettings,
  /** Minutes for which the old secret is accepted after the new one is in use; longer than Ocrolus's last retry. */
  ROTATION_OVERLAP_MINUTES: z._default(integerSetting(15, 1440), REGISTRATION_DEFAULTS.overlapMinutes),
  /**
   * Seconds until every webhook instance has read a new secret version: the webhook's `SECRET_REREAD_SECONDS`, and
   * five seconds until a write is visible to all readers.
   */
  ROTATION_SETTLE_SECONDS: z._default(integerSetting(0, 600), 15),
});

export type RotationSettings = z.infer<typeof RotationSettings>;

/** Event of Secrets Manager (AWS: "Lambda rotation functions"). */
export const RotationEvent = z.looseObject({
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: z.string(),
  ClientRequestToken: z.string(),
});

export type RotationEvent = z.infer<typeof RotationEvent>;

export interface RotationDependencies {
  readonly versions: SecretVersions;
  /** Makes Ocrolus sign with a secret from now on. @throws Failure */
  readonly setAtOcrolus: (secret: string) => Promise<void>;
  /** Makes Ocrolus call the webhook. @throws Failure */
  readonly test: () => Promise<TestOutcome>;
  /** Whether a failed test stops the rotation. */
  readonly testRequired: boolean;
  readonly overlapMs: number;
  /** Time until every webhook instance has read a new secret version. */
  readonly settleMs: number;
  readonly log: Log;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** Margin on the overlap, which is counted from the start of a rotation. */
const DURATION_MS = 5 * 60_000;
/** Random bytes of a secret: 64 hexadecimal characters, where Ocrolus takes 16 to 128. */
const SECRET_BYTES = 32;

/**
 * Performs one step of a rotation (docs/decisions/0011). Every step may run again. Wherever the rotation stops,
 * Ocrolus signs with the current or the pending version, and the webhook accepts both.
 */
export async function rotate(
  { Step, ClientRequestToken }: RotationEvent,
  dependencies: RotationDependencies,
): Promise<void> {
  dependencies.log.info('rotation', { step: Step });
  switch (Step) {
    case 'createSecret':
      return createSecret(ClientRequestToken, dependencies);
    case 'setSecret':
      return setSecret(dependencies);
    case 'testSecret':
      return testSecret(dependencies);
    case 'finishSecret':
      return finishSecret(dependencies);
  }
}

async function createSecret(token: string, dependencies: RotationDependencies): Promise<void> {
  const current = await currentOf(dependencies);
  const pending = await dependencies.versions.read('AWSPENDING');
  // A retry, or an abandoned rotation whose secret Ocrolus may have: it is continued, not replaced.
  if (pending !== undefined && pending.id !== current.id) return;
  // Secrets Manager calls this again after the last step.
  if (pending?.id === token) return;
  const next = randomBytes(SECRET_BYTES).toString('hex');
  await dependencies.versions.putPending(rotatedSecret(current.secret, next, dependencies), token);
}

/** Waits until every webhook instance has read the new secret: Ocrolus may sign with it before its response arrives. */
async function setSecret(dependencies: RotationDependencies): Promise<void> {
  const current = await currentOf(dependencies);
  const pending = await pendingOf(dependencies);
  const next = pending.secret.current;
  if (next === undefined) throw new Error('the pending secret has no current');
  if (pending.id === current.id) return;
  const untilSettled = pending.createdAt.getTime() + dependencies.settleMs - dependencies.now();
  if (untilSettled > 0) await dependencies.wait(Math.min(untilSettled, dependencies.settleMs));
  // A step may run late, for example after an outage of Ocrolus of an hour: the old secret must remain valid.
  const until = Date.parse(pending.secret.previousUntil ?? '');
  if (Number.isNaN(until) || until - dependencies.now() < dependencies.overlapMs) {
    await dependencies.versions.putPending(rotatedSecret(current.secret, next, dependencies), randomUUID());
  }
  await dependencies.setAtOcrolus(next);
}

async function testSecret(dependencies: RotationDependencies): Promise<void> {
  // Secrets Manager runs this step alone when a schedule is set, with a pending version that has no value.
  if ((await dependencies.versions.read('AWSPENDING')) === undefined) return;
  const outcome = await dependencies.test();
  if (outcome.ok) return;
  if (dependencies.testRequired) throw new Error(`Ocrolus could not deliver a test: ${outcome.message}`);
  dependencies.log.warn('rotation test failed', { reason: outcome.message });
}

async function finishSecret(dependencies: RotationDependencies): Promise<void> {
  const current = await currentOf(dependencies);
  const pending = await pendingOf(dependencies);
  if (pending.id !== current.id) await dependencies.versions.makeCurrent(pending.id, current.id);
  // A registration in the meantime may have set the secret that was current at its start.
  if (pending.secret.current !== undefined) await dependencies.setAtOcrolus(pending.secret.current);
}

/** The secret after a rotation to `next`. */
function rotatedSecret(
  secret: WebhookSecret,
  next: string,
  { now, overlapMs }: RotationDependencies,
): WebhookSecret {
  const { previous: _, previousUntil: __, current, ...others } = secret;
  const previousUntil = iso(now() + overlapMs + DURATION_MS);
  return { ...others, current: next, ...(current !== undefined && { previous: current, previousUntil }) };
}

async function currentOf({ versions }: RotationDependencies): Promise<Version> {
  const current = await versions.read('AWSCURRENT');
  if (current === undefined) throw new Error('the secret has no current version');
  return current;
}

async function pendingOf({ versions }: RotationDependencies): Promise<Version> {
  const pending = await versions.read('AWSPENDING');
  if (pending === undefined) throw new Error('no rotation has started');
  return pending;
}
