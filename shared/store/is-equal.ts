/**
 * True if the table would store both values the same: attributes that are `undefined` count as absent, and the order
 * of attributes does not matter.
 */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((part, n) => isEqual(part, other[n]))
    );
  }
  return !Array.isArray(other) && hasAll(one, other) && hasAll(other, one);
}

function hasAll(one: object, other: object): boolean {
  for (const [name, value] of Object.entries(one)) {
    if (value !== undefined && !isEqual(value, (other as Readonly<Record<string, unknown>>)[name]))
      return false;
  }
  return true;
}
