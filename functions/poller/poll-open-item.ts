import { isOpen } from '../../shared/checklist/entry.ts';
import { POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { postponeOpenItem, readOpenItem } from '../../shared/store/polling/open-items.ts';
import type { DueRow } from '../../shared/store/table.ts';
import { iso } from '../../shared/time.ts';
import type { PollerDependencies } from './dependencies.ts';
import type { PollMessage } from './messages.ts';
import type { Sender } from './send.ts';

/** Asks the consumers for a result whose book is not known yet. @returns how many messages were sent. */
export async function pollOpenItem(
  { ports, times }: PollerDependencies,
  row: DueRow,
  sender: Sender,
): Promise<number> {
  const open = await readOpenItem(ports.table, row.item);
  const now = ports.now();
  if (open?.dueAt === undefined || open.dueAt > iso(now) || !isOpen(open.entry)) return 0;
  const { kind, subject, ids, account } = open;
  const message: PollMessage = { ...POLL_EVENTS.signals, ids, wants: [{ kind, subject }] };
  const isDeep = await sender.isDeep([message]);
  if (!isDeep) await sender.send([message], account, now);
  await postponeOpenItem(ports.table, open, iso(now + (isDeep ? times.min : times.grace)));
  return isDeep ? 0 : 1;
}
