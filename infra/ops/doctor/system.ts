import { HEALTH_CHECKS } from '../health/checks.ts';
import type { SystemContext } from '../health/context.ts';
import type { Check } from './check.ts';
import { LEFTOVERS } from './leftovers.ts';

export const SYSTEM_CHECKS: readonly Check<SystemContext>[] = [...HEALTH_CHECKS, LEFTOVERS];
