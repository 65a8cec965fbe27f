import { normalisePk } from '../../../shared/events/read-ids.ts';
import { time } from '../../command-line/values.ts';

/** An end of a range of books: a creation time or a pk. */
export type Bound = { readonly time: string } | { readonly pk: string };

/** `pk-<number>`, or a time. @throws InvalidArgumentError */
export function bound(text: string): Bound {
  const pk = /^(?:pk-)?(\d+)$/.exec(text)?.[1];
  return pk === undefined ? { time: time(text) } : { pk: normalisePk(pk) ?? pk };
}

export function boundText(end: Bound): string {
  return 'pk' in end ? `pk-${end.pk}` : end.time;
}
