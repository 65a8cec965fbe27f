import type { Check } from '../doctor/check.ts';
import { BOOK_CHECKS } from './books.ts';
import type { SystemContext } from './context.ts';
import { DELIVERY_CHECKS } from './deliveries.ts';
import { OCROLUS_CHECKS } from './ocrolus.ts';
import { QUEUE_CHECKS } from './queues.ts';
import { REGISTRATION } from './registration.ts';

/** Checks that may run again and again: they read the table, the queues and the logs, and ask for the registration. */
export const HEALTH_CHECKS: readonly Check<SystemContext>[] = [
  ...OCROLUS_CHECKS,
  ...DELIVERY_CHECKS,
  ...QUEUE_CHECKS,
  ...BOOK_CHECKS,
  REGISTRATION,
];
