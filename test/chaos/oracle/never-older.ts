import * as z from 'zod';
import type { Answered, Passing } from '../inject/proxy.ts';

/** What orders the states of an item: the latest one known must stay. */
const ORDERED = ['observedAt', 'fetchedAt', 'generation', 'version'];

const Value = z.looseObject({ S: z.string().optional(), N: z.string().optional() });
const Attributes = z.record(z.string(), Value.catch({}));
const Write = z.looseObject({
  Key: z.looseObject({ bookId: Value, item: Value }).optional(),
  Item: Attributes.optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: Attributes.optional(),
});
const Before = z.looseObject({ Attributes: Attributes.optional() });

/** Watches DynamoDB's wire for a write that replaces something by something older. */
export class NeverOlder {
  /** Writes over an item that had such an attribute. */
  checked = 0;
  readonly lowered: string[] = [];

  observe({ operation, body }: Passing, answered: Answered): void {
    if (answered.status !== 200 || (operation !== 'UpdateItem' && operation !== 'PutItem')) return;
    if (!answered.body.includes('"Attributes"')) return;
    const before = Before.parse(JSON.parse(answered.body.toString('utf8'))).Attributes ?? {};
    const write = Write.parse(JSON.parse(body.toString('utf8')));
    for (const attribute of ORDERED) {
      const [old, written] = [before[attribute], writtenValue(write, attribute)];
      if (old === undefined || written === undefined) continue;
      this.checked += 1;
      const { bookId, item } = write.Key ?? { bookId: write.Item?.bookId, item: write.Item?.item };
      if (isLess(written, old)) {
        const [from, to] = [old, written].map(({ S, N }) => S ?? N);
        this.lowered.push(`${bookId?.S} ${item?.S} ${attribute}: ${from} was replaced by ${to}`);
      }
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

function isLess(one: z.infer<typeof Value>, other: z.infer<typeof Value>): boolean {
  if (one.S !== undefined && other.S !== undefined) return one.S < other.S;
  return Number(one.N) < Number(other.N);
}
