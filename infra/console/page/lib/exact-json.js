/**
 * JSON with every number as it was written: `JSON.parse` alone loses digits of integers beyond 2^53, and changes `1.50`.
 *
 * @typedef {{ rawJSON: string }} ExactNumber
 * @typedef {Record<string, unknown>} Row
 */

/** What `JSON` offers besides, in browsers from 2023 to 2025 on (ECMAScript proposal "JSON.parse source text access"). */
const { rawJSON } = /** @type {{ rawJSON?: (source: string) => unknown }} */ (JSON);

/** @param {string} text @returns {unknown} `undefined` if it is no complete JSON, or this browser cannot keep numbers. */
export function parseExactly(text) {
  /** @type {(key: string, value: unknown, context?: { source?: string }) => unknown} */
  const keepNumber = (_key, value, context) =>
    typeof value === 'number' && rawJSON !== undefined && context?.source !== undefined
      ? rawJSON(context.source)
      : value;
  try {
    return rawJSON === undefined ? undefined : JSON.parse(text, keepNumber);
  } catch {
    return undefined;
  }
}

/**
 * Lists of rows in a document, such as transactions, by their paths in it.
 *
 * @param {unknown} value of {@link parseExactly}
 * @param {string} [path]
 * @returns {{ path: string, rows: Row[] }[]}
 */
export function listsIn(value, path = '') {
  if (!isNested(value)) return [];
  if (Array.isArray(value))
    return value.length > 0 && value.every(isRow) ? [{ path: path || 'rows', rows: value }] : [];
  return Object.entries(value).flatMap(([name, part]) =>
    listsIn(part, path === '' ? name : `${path}.${name}`),
  );
}

/** @param {unknown} value */
function isRow(value) {
  return isNested(value) && !Array.isArray(value);
}

/** @param {unknown} value @returns {value is object} */
function isNested(value) {
  return typeof value === 'object' && value !== null && !('rawJSON' in value);
}

/** Names of the values that fit into cells. @param {readonly Row[]} rows */
export function columnsOf(rows) {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names].filter((name) => !rows.some((row) => isNested(row[name])));
}

/** A value as the text of a cell. @param {unknown} value */
export function cellText(value) {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
