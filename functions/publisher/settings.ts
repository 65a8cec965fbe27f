import * as z from 'zod/mini';
import { commonSettings } from '../../shared/settings.ts';

export const PublisherSettings = z.object({
  ...commonSettings,
  /** The bus on which changes are published. */
  BUS_ARN: z.string().check(z.minLength(1)),
});
