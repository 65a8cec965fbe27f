import * as z from 'zod';

/** A time in the format of `iso`. */
export const isoTime = z.iso.datetime({ precision: 3 });
