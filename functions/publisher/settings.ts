import * as z from 'zod/mini';
import { commonSettings } from '../../shared/settings.ts';

export const PublisherSettings = z.object({
  ...commonSettings,
  /** Name of the bus, or its ARN if it is not the stage's own. */
  BUS_NAME: z.string().check(z.minLength(1)),
});
