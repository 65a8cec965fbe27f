import * as z from 'zod/mini';
import { webhookSettings } from '../../shared/ocrolus/webhooks/settings.ts';
import { REGISTRATION_DEFAULTS } from '../../shared/setting-defaults.ts';
import { commonSettings, integerSetting } from '../../shared/settings.ts';

export const RotationSettings = z.object({
  ...commonSettings,
  ...webhookSettings,
  /** How long the old secret is accepted after the new one is in use; longer than Ocrolus's last retry. */
  ROTATION_OVERLAP_MINUTES: z._default(integerSetting(15, 1440), REGISTRATION_DEFAULTS.overlapMinutes),
  /**
   * How long after a new version is written every instance of the webhook has it or reads it again: the webhook's
   * `SECRET_REREAD_SECONDS`, and five seconds until a write is visible to all readers.
   */
  ROTATION_SETTLE_SECONDS: z._default(integerSetting(0, 600), 35),
});

export type RotationSettings = z.infer<typeof RotationSettings>;

/** What Secrets Manager sends (AWS: "Lambda rotation functions"). */
export const RotationEvent = z.looseObject({
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: z.string(),
  ClientRequestToken: z.string(),
});

export type RotationEvent = z.infer<typeof RotationEvent>;
