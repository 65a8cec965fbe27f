import * as z from 'zod';
import type { Answered, Passing } from './proxy.ts';

/** Times that order observations: the latest one known must stay. */
const ORDERED = ['observedAt', 'fetchedAt', 'capture', 'analytics', 'detect', 'income', 'completed'];

const Value = z.looseObject({
  S: z.string().optional(),
  M: z.looseObject({ at: z.looseObject({ S: z.string().optional() }).optional() }).optional(),
});
const Attributes = z.record(z.string(), Value.catch({}));
const Write = z.looseObject({
  Key: z.looseObject({ bookId: Value, item: Value }).optional(),
  Item: Attributes.optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: Attributes.optional(),
});
const Before = z.looseObject({ Attributes: Attributes.optional() });

/** Watches DynamoDB's wire for a write that puts an older observation over a newer one. */
export class NeverOlder {
  /** Writes over an item that had such a time. */
  checked = 0;
  readonly lowered: string[] = [];

  hear({ operation, body }: Passing, answered: Answered): void {
    if (answered.status !== 200 || (operation !== 'UpdateItem' && operation !== 'PutItem')) return;
    if (!answered.body.includes('"Attributes"')) return;
    const before = Before.parse(JSON.parse(answered.body.toString('utf8'))).Attributes ?? {};
    const write = Write.parse(JSON.parse(body.toString('utf8')));
    for (const attribute of ORDERED) {
      const [old, written] = [timeOf(before[attribute]), timeOf(writtenValue(write, attribute))];
      if (old === undefined || written === undefined) continue;
      this.checked += 1;
      const { bookId, item } = write.Key ?? { bookId: write.Item?.bookId, item: write.Item?.item };
      if (written < old)
        this.lowered.push(`${bookId?.S} ${item?.S} ${attribute}: ${old} was replaced by ${written}`);
    }
  }
}

/** `SET #s3 = :s3`, as the store spells every assignment. */
function writtenValue(write: z.infer<typeof Write>, attribute: string) {
  if (write.Item !== undefined) return write.Item[attribute];
  const names = Object.entries(write.ExpressionAttributeNames ?? {});
  const placeholder = names.find(([name, it]) => it === attribute && /^#s\d/.test(name))?.[0];
  return placeholder === undefined
    ? undefined
    : write.ExpressionAttributeValues?.[placeholder.replace('#', ':')];
}

function timeOf(value: z.infer<typeof Value> | undefined): string | undefined {
  return value?.S ?? value?.M?.at?.S;
}
