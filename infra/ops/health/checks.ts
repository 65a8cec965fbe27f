import type { Check } from '../doctor/check.ts';
import { BOOK_CHECKS } from './books.ts';
import type { SystemContext } from './context.ts';
import { OCROLUS_CHECKS } from './ocrolus.ts';
import { QUEUE_CHECKS } from './queues.ts';

/** Checks that may run every few seconds: they read the table and the queues, and invoke no function. */
export const HEALTH_CHECKS: readonly Check<SystemContext>[] = [
  ...OCROLUS_CHECKS,
  ...QUEUE_CHECKS,
  ...BOOK_CHECKS,
];
