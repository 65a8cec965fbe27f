import * as z from 'zod';
import { KIND_NAMES, POLICIES } from '../../shared/checklist/kinds.ts';

/**
 * What a stage wants of each kind of result: `always`, `announced` or `never` (docs/events.md).
 * Kinds that it does not name have the default of `shared/checklist/kinds.ts`.
 */
export const Results = z.partialRecord(
  z.enum(KIND_NAMES, { error: `must be a kind of result: ${KIND_NAMES.join(', ')}` }),
  z.enum(POLICIES, { error: `must be one of: ${POLICIES.join(', ')}` }),
);

export type Results = z.output<typeof Results>;
