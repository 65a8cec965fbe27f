import { isList, isMap, type Value } from './values.ts';

/** Equal in type and in depth, as DynamoDB compares. */
export function areEqual(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    const areBinary = left instanceof Uint8Array && right instanceof Uint8Array;
    return areBinary && Buffer.compare(left, right) === 0;
  }
  if (isList(left) || isList(right)) {
    if (!isList(left) || !isList(right) || left.length !== right.length) return false;
    return left.every((element, index) => areEqual(element, right[index] ?? null));
  }
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const [one, other] = [left[name], right[name]];
    return one !== undefined && other !== undefined && areEqual(one, other);
  });
}

/**
 * Negative, 0 or positive; `undefined` for values of different types, and of types without an order. Strings are
 * compared by UTF-16 units, which is the order of UTF-8 for all characters up to U+D7FF.
 */
function order(left: Value, right: Value): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') {
    if (left === right) return 0;
    return left < right ? -1 : 1;
  }
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  return undefined;
}

function ordered(test: (difference: number) => boolean): (left: Value, right: Value) => boolean {
  return (left, right) => {
    const difference = order(left, right);
    return difference !== undefined && test(difference);
  };
}

export const isAtLeast = ordered((difference) => difference >= 0);
export const isAtMost = ordered((difference) => difference <= 0);

/** By the sign in an expression. `<>` is not one of them: it is true for an attribute that does not exist. */
export const COMPARATORS: ReadonlyMap<string, (left: Value, right: Value) => boolean> = new Map([
  ['=', areEqual],
  ['<', ordered((difference) => difference < 0)],
  ['<=', isAtMost],
  ['>', ordered((difference) => difference > 0)],
  ['>=', isAtLeast],
]);

export function beginsWith(value: Value, prefix: Value): boolean {
  if (typeof value === 'string' && typeof prefix === 'string') return value.startsWith(prefix);
  if (value instanceof Uint8Array && prefix instanceof Uint8Array) {
    return Buffer.compare(value.subarray(0, prefix.length), prefix) === 0;
  }
  return false;
}

/** A part of a string, or an element of a list. */
export function contains(value: Value, part: Value): boolean {
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part);
  if (isList(value)) return value.some((element) => areEqual(element, part));
  return false;
}

/** Of a string its length, of a binary value its bytes, of a list or map its elements. */
export function size(value: Value): number | undefined {
  if (typeof value === 'string' || isList(value)) return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  return isMap(value) ? Object.keys(value).length : undefined;
}
