import { InvalidArgumentError } from '@commander-js/extra-typings';
import * as z from 'zod';

/** Parsers for the values of options. Commander puts the name of the option before their messages. */

export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}

export function rate(text: string): number {
  const perSecond = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (perSecond < 0.1)
    throw new InvalidArgumentError('It must be a number of messages per second, from 0.1 on.');
  return perSecond;
}

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Refuses days that do not exist; Date.parse reads 2026-02-30 as 2 March. */
const IsoTime = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

const HAS_ZONE = /(Z|[+-]\d\d:\d\d)$/;

/**
 * A time: a duration before now (`30m`, `2h`, `3d`), or ISO 8601. Without a zone it is UTC; a date alone means
 * midnight.
 *
 * @returns ISO 8601 UTC with milliseconds, as in the ledger.
 */
export function time(text: string): string {
  const ago = /^(\d{1,6})([smhdw])$/.exec(text);
  if (ago !== null) return new Date(Date.now() - Number(ago[1]) * unitMs(ago[2])).toISOString();
  if (!IsoTime.safeParse(text).success) {
    throw new InvalidArgumentError(
      'It must be a time that exists, in UTC: 2h, 30m, 3d, 2026-03-02 or 2026-03-02T08:00:00Z.',
    );
  }
  const isDate = text.length === 'YYYY-MM-DD'.length;
  return new Date(isDate || HAS_ZONE.test(text) ? text : `${text}Z`).toISOString();
}

function unitMs(unit: string | undefined): number {
  return Object.entries(UNITS_MS).find(([name]) => name === unit)?.[1] ?? Number.NaN;
}

/** Maximum edit distance of a suggestion; beyond it, a name is another word. */
const MAX_DISTANCE = 3;

/** ` (Did you mean …?)` with the name closest to the typed one, ignoring case; empty if none is close. */
export function suggestion(typed: string, names: readonly string[]): string {
  const wanted = typed.toLowerCase();
  const best = names
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isClose =
    best !== undefined && best.distance <= Math.min(MAX_DISTANCE, Math.floor(wanted.length / 2));
  return isClose ? ` (Did you mean ${best.name}?)` : '';
}

/** Edit distance: the number of letters to insert, remove or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 1; index <= from.length; index += 1) {
    const next = [index];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = (row[column - 1] ?? 0) + (from[index - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
