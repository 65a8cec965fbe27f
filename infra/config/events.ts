import * as z from 'zod';
import type { Storage } from './storage.ts';
import { flag, matching } from './values.ts';

/** Events for other services, about what has changed in the table. */
export const Events = z.strictObject({
  enabled: flag(true).meta({
    description:
      'Whether changes are published on a bus of EventBridge ([published-events.md](published-events.md)). With `storage.tableName`, ' +
      'it needs `storage.streamArn`',
    cost: 'an alarm, 0.10 USD a month; 1 USD for a million events',
  }),
  busArn: matching(
    /^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]{1,256}$/,
    'must be the ARN of a bus such as arn:aws:events:us-east-1:123456789012:event-bus/lending',
  )
    .optional()
    .meta({
      description:
        'The bus to publish on. The policy of a bus of another account must allow it. Absent: the stack creates one, ' +
        '`ocrolus-<stage>`',
      cost: 'none',
    }),
});

export type Events = z.output<typeof Events>;

/** Refuses to publish changes of an adopted table whose stream is not known. */
export function checkEvents(
  { events, storage }: { readonly events: Events; readonly storage: Storage },
  context: z.core.$RefinementCtx,
): void {
  if (storage?.tableName === undefined || storage.streamArn !== undefined || events?.enabled === false)
    return;
  const message = 'must be set to publish the changes of storage.tableName; or set events.enabled to false';
  context.addIssue({ code: 'custom', path: ['storage', 'streamArn'], message });
}
