import * as z from 'zod/mini';
import { webhookSettings } from '../../shared/ocrolus/webhooks/settings.ts';
import { commonSettings } from '../../shared/settings.ts';

export const RegistrationSettings = z.object({ ...commonSettings, ...webhookSettings });

export type RegistrationSettings = z.infer<typeof RegistrationSettings>;
