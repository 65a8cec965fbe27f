import { setTimeout as delay } from 'node:timers/promises';
import { normaliseUuid } from '../../shared/events/ids.ts';
import { type Call, UsageError } from './command.ts';

/** A whole number from 1 on; `undefined` when the flag is not there. @throws UsageError */
export function countFlag(call: Call, name: string): number | undefined {
  const text = call.text(name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${name} is a whole number from 1 on`);
  return Number(text);
}

/** A time, as ISO 8601 UTC with milliseconds, as the ledger has it. A date alone is its midnight. @throws UsageError */
export function timeFlag(call: Call, name: string): string | undefined {
  const text = call.text(name);
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError(`--${name} is a time such as 2026-03-02T08:00:00Z`);
  return new Date(time).toISOString();
}

/** A book's partition, in any spelling of its uuid, or as `pk-<number>`. */
export function bookFlag(call: Call): string | undefined {
  const text = call.text('book');
  return text === undefined ? undefined : (normaliseUuid(text) ?? text);
}

/**
 * Resolves when the next message may be sent.
 *
 * @returns without `--rate`: at once.
 * @throws UsageError
 */
export function paceFlag(call: Call): () => Promise<void> {
  const text = call.text('rate');
  if (text === undefined) return async () => {};
  const perSecond = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (perSecond < 0.1) throw new UsageError('--rate is messages per second, from 0.1 on');
  let nextAt = 0;
  return async () => {
    const now = Date.now();
    const at = Math.max(now, nextAt);
    nextAt = at + 1000 / perSecond;
    if (at > now) await delay(at - now);
  };
}
