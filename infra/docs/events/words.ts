import type { Policy } from '../../../shared/checklist/kinds.ts';
import type { Call } from '../../../shared/ocrolus/calls.ts';
import { code, enumeration } from '../markdown.ts';
import type { Recovery } from './recovery.ts';
import type { Of } from './subjects.ts';

/** The subject of an entry of the checklist, after "of". */
export const OF: Readonly<Record<Of, string>> = {
  book: 'the book',
  document: 'the document',
  documents: 'every document with results',
  group: "the image group's documents",
  request: 'the request',
  business: 'the business',
};

/** The operation of a call, its path with placeholders, and whether the strict rate limit applies. */
export function callText({ operation, path, query, weight }: Call): string {
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
  const target = code(`GET ${decodeURIComponent(path + search)}`);
  return `${code(operation)} ${target}${weight === 'heavy' ? ' **heavy**' : ''}`;
}

/** What happens to a result whose webhook is lost. */
export function recoveryText(recovery: Recovery, policy: Policy): string {
  if (policy === 'never') return 'not fetched';
  switch (recovery.by) {
    case 'poller':
      return 'found by the poller';
    case 'probes':
      return `probed ${enumeration(recovery.afterMs.map((ms) => String(ms / DAY_MS)))} days after`;
    case 'nothing':
      return 'not found';
  }
}

const DAY_MS = 86_400_000;

/** A number of milliseconds in the largest unit that divides it. */
export function duration(ms: number): string {
  const [unit, name] = UNITS.find(([size]) => ms % size === 0) ?? [1, 'millisecond'];
  const count = ms / unit;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
];
