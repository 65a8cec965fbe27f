import * as z from 'zod';

/** A whole number from 0 on, as a flag or variable of a long run. */
export const Whole = z
  .string()
  .regex(/^\d{1,9}$/, 'a whole number')
  .transform(Number);

/** A whole number from 1 on. A run of no books, or of `NaN` of them, would find nothing wrong. */
export const Count = Whole.pipe(z.number().min(1));
