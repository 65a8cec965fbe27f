import { randomBytes, randomUUID } from 'node:crypto';
import type { TestOutcome } from '../../shared/ocrolus/webhooks/level.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import type { WebhookSecret } from '../../shared/webhook-secret.ts';
import type { SecretVersions, Version } from './secret-versions.ts';
import type { RotationEvent } from './settings.ts';

export interface RotationParts {
  readonly versions: SecretVersions;
  /** Makes Ocrolus sign with a secret from now on. @throws Failure */
  readonly tellOcrolus: (secret: string) => Promise<void>;
  /** Makes Ocrolus call the webhook. @throws Failure */
  readonly test: () => Promise<TestOutcome>;
  /** Whether a test that fails stops the rotation. */
  readonly testRequired: boolean;
  readonly overlapMs: number;
  /** So long after a new version was written, every instance of the webhook has it or looks for it. */
  readonly settleMs: number;
  readonly log: Log;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** A rotation takes a minute; the overlap is counted from its beginning and given so much more. */
const DURATION_MS = 5 * 60_000;
/** The secret's length in characters; Ocrolus takes 16 to 128. */
const SECRET_BYTES = 32;

/**
 * One step of a rotation (docs/decisions/0011). Every step may be run again. Wherever it stops, Ocrolus signs with the
 * current or with the pending version, and the webhook honours both.
 */
export async function rotate(
  { Step, ClientRequestToken }: RotationEvent,
  parts: RotationParts,
): Promise<void> {
  parts.log.info('rotation', { step: Step });
  switch (Step) {
    case 'createSecret':
      return createSecret(ClientRequestToken, parts);
    case 'setSecret':
      return setSecret(parts);
    case 'testSecret':
      return testSecret(parts);
    case 'finishSecret':
      return finishSecret(parts);
  }
}

async function createSecret(token: string, parts: RotationParts): Promise<void> {
  const current = await currentOf(parts);
  const pending = await parts.versions.read('AWSPENDING');
  // A retry; or a rotation that was given up, whose secret Ocrolus may have: it is carried on, not replaced.
  if (pending !== undefined && pending.id !== current.id) return;
  // Secrets Manager calls once more after the end.
  if (pending?.id === token) return;
  const next = randomBytes(SECRET_BYTES).toString('hex');
  await parts.versions.putPending(follow(current.secret, next, parts), token);
}

/** Ocrolus may sign with the new secret before its answer is here, so the webhook must know it by then. */
async function setSecret(parts: RotationParts): Promise<void> {
  const current = await currentOf(parts);
  const pending = await pendingOf(parts);
  const next = pending.secret.current;
  if (next === undefined) throw new Error('the pending secret has no current');
  if (pending.id === current.id) return;
  const untilSettled = pending.createdAt.getTime() + parts.settleMs - parts.now();
  if (untilSettled > 0) await parts.wait(Math.min(untilSettled, parts.settleMs));
  // Steps may come late, after Ocrolus was out of reach for an hour: the old secret must still last.
  const until = Date.parse(pending.secret.previousUntil ?? '');
  if (!(until - parts.now() >= parts.overlapMs)) {
    await parts.versions.putPending(follow(current.secret, next, parts), randomUUID());
  }
  await parts.tellOcrolus(next);
}

async function testSecret(parts: RotationParts): Promise<void> {
  // Secrets Manager runs this step alone when a schedule is set, with a pending version that has no value.
  if ((await parts.versions.read('AWSPENDING')) === undefined) return;
  const outcome = await parts.test();
  if (outcome.ok) return;
  if (parts.testRequired) throw new Error(`Ocrolus could not deliver a test: ${outcome.message}`);
  parts.log.warn('rotation test failed', { reason: outcome.message });
}

async function finishSecret(parts: RotationParts): Promise<void> {
  const current = await currentOf(parts);
  const pending = await pendingOf(parts);
  if (pending.id !== current.id) await parts.versions.makeCurrent(pending.id, current.id);
  // A registration that ran meanwhile may have set the secret that was current when it began.
  if (pending.secret.current !== undefined) await parts.tellOcrolus(pending.secret.current);
}

/** The secret after a rotation to `next`. */
function follow(secret: WebhookSecret, next: string, { now, overlapMs }: RotationParts): WebhookSecret {
  const { previous: _, previousUntil: __, current, ...others } = secret;
  const previousUntil = new Date(now() + overlapMs + DURATION_MS).toISOString();
  return { ...others, current: next, ...(current !== undefined && { previous: current, previousUntil }) };
}

async function currentOf({ versions }: RotationParts): Promise<Version> {
  const current = await versions.read('AWSCURRENT');
  if (current === undefined) throw new Error('the secret has no current version');
  return current;
}

async function pendingOf({ versions }: RotationParts): Promise<Version> {
  const pending = await versions.read('AWSPENDING');
  if (pending === undefined) throw new Error('no rotation has begun');
  return pending;
}
