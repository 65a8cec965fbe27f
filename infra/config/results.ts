import * as z from 'zod';
import { POLICIES, RESULT_KINDS } from '../../shared/checklist/kinds.ts';

/** The policy of each kind of result. Kinds that a stage does not name have the default of `shared/events/result-kinds.ts`. */
export const Results = z.partialRecord(
  z
    .enum(RESULT_KINDS, { error: `must be a kind of result: ${RESULT_KINDS.join(', ')}` })
    .meta({ title: 'kind' }),
  z.enum(POLICIES, { error: `must be one of: ${POLICIES.join(', ')}` }).meta({
    description:
      'The policy of each [kind of result](events.md#policies-and-what-is-found-when-webhooks-are-lost). Kinds that are not ' +
      'named keep their default',
    cost: '`always` makes calls for every book or document, and stores what they answer; `never` makes none',
  }),
);

export type Results = z.output<typeof Results>;
