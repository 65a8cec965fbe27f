import * as z from 'zod';
import type { Answered, Passing } from '../inject/proxy.ts';

const Value = z.looseObject({
  S: z.string().optional(),
  N: z.string().optional(),
  BOOL: z.boolean().optional(),
  L: z.array(z.unknown()).optional(),
});
const Attributes = z.record(
  z.string(),
  Value.extend({ M: z.record(z.string(), Value.catch({})).optional() }).catch({}),
);
const Put = z.looseObject({ Item: Attributes });

export type WireAttributes = z.infer<typeof Attributes>;

/** The attributes of an item that was put with success, as DynamoDB spells them. */
export function putItem({ operation, body }: Passing, { status }: Answered): WireAttributes | undefined {
  if (operation !== 'PutItem' || status !== 200) return undefined;
  return Put.parse(JSON.parse(body.toString('utf8'))).Item;
}
