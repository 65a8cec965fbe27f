import * as z from 'zod';

const Condition = z.union([z.string(), z.strictObject({ prefix: z.string() })]);

/** Conditions, one of which a value must meet, or a pattern of its members. */
type Pattern = { readonly [name: string]: readonly z.infer<typeof Condition>[] | Pattern };

const Pattern: z.ZodType<Pattern> = z.record(
  z.string(),
  z.union([z.array(Condition), z.lazy(() => Pattern)]),
);

/** `FilterCriteria` of an event source mapping. */
export const FilterCriteria = z.object({ Filters: z.array(z.object({ Pattern: z.string() })) });

export type StreamFilter = (record: object) => boolean;

/**
 * Reads the filters of an event source mapping, any of which a record must match (AWS: Lambda event filtering).
 *
 * @throws Error for a condition that is neither a text nor a prefix.
 */
export function readFilter(criteria?: z.infer<typeof FilterCriteria>): StreamFilter {
  const patterns = criteria?.Filters.map((filter) => {
    const parsed = Pattern.safeParse(JSON.parse(filter.Pattern));
    if (parsed.success) return parsed.data;
    throw new Error(`the local stack knows no filter like ${filter.Pattern}`);
  });
  return (record) => patterns?.some((pattern) => matches(record, pattern)) ?? true;
}

function matches(value: unknown, pattern: Pattern): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const member: unknown =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined;
    return isConditions(wanted)
      ? wanted.some((condition) => meets(member, condition))
      : matches(member, wanted);
  });
}

function isConditions(wanted: Pattern[string]): wanted is readonly z.infer<typeof Condition>[] {
  return Array.isArray(wanted);
}

function meets(value: unknown, condition: z.infer<typeof Condition>): boolean {
  if (typeof condition === 'string') return value === condition;
  return typeof value === 'string' && value.startsWith(condition.prefix);
}
