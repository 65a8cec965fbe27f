const COUNT = new Intl.NumberFormat('en');

/** @param {number} count */
export function number(count) {
  return COUNT.format(count);
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** A duration in its largest unit. @param {number | null} seconds */
export function duration(seconds) {
  if (seconds === null) return null;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** @param {number | null} ms */
export function milliseconds(ms) {
  if (ms === null) return null;
  return ms < 10_000 ? `${number(Math.round(ms))} ms` : duration(ms / 1000);
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

/** The time of day in UTC, with milliseconds, after the date if that is another day. @param {number | string} time */
export function clock(time) {
  const [date, timeOfDay = ''] = new Date(time).toISOString().split('T');
  const isToday = new Date().toISOString().startsWith(`${date}T`);
  return `${isToday ? '' : `${date} `}${timeOfDay.slice(0, 12)}`;
}

/** As {@link clock}, in seconds. @param {number | string} time */
export function seconds(time) {
  return clock(time).slice(0, -4);
}

/** The end of a uuid, which is enough to recognize it. @param {string} id */
export function short(id) {
  return /^[0-9a-f]{8}-[0-9a-f-]+$/.test(id) ? `…${id.slice(-8)}` : id;
}

/** `verify-document` → `Verify document`. @param {string} name */
export function words(name) {
  const text = name.replaceAll(/[-_]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
