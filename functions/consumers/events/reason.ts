/** Keys that may hold a reason, the most specific first; none is documented (docs/ocrolus.md#event-fields). */
const REASON_KEYS = [
  'reason',
  'unable_to_process_reason',
  'failure_reason',
  'error_reason',
  'detect_reason',
  'notification_reason',
  'error_message',
  'message',
  'error',
  'detail',
  'description',
];

const MAX_DEPTH = 4;

/** Finds the reason that an event gives, at the top level of its body first, then in nested objects. */
export function findReason(body: unknown): string | undefined {
  let level: unknown[] = [body];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const objects = level.flatMap((value) => (isRecord(value) ? [value] : []));
    for (const key of [...REASON_KEYS, ...otherReasonKeys(objects)]) {
      for (const object of objects) {
        const value = object[key];
        if (typeof value === 'string' && value.trim() !== '') return value.trim();
      }
    }
    level = objects
      .flatMap((object) => Object.values(object))
      .flatMap((value) => (Array.isArray(value) ? value : [value]));
  }
  return undefined;
}

/** Other keys that mention a reason or an error. */
function otherReasonKeys(objects: readonly Record<string, unknown>[]): string[] {
  return objects.flatMap((object) => Object.keys(object).filter((key) => /reason|error/i.test(key)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
