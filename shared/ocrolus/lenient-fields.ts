import * as z from 'zod';

/*
 * Attributes of an answer that remains usable when they are missing or have another type: the vendor's schemas are
 * not reliable (docs/ocrolus.md#book-status).
 */

export const text = z.string().optional().catch(undefined);
export const number = z.number().optional().catch(undefined);
