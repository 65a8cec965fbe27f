import * as z from 'zod';

/** A time as `iso` writes it. */
export const isoTime = z.iso.datetime({ precision: 3 });
