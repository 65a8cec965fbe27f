import type { AttributeTest, Condition } from '../../../../shared/store/condition.ts';
import type { Key, Update } from '../../../../shared/store/table.ts';

/** What an attribute can be, without the sets, which this project does not use. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value };

export type Attributes = { readonly [name: string]: Value };

/** Frozen: nothing can be added to it. */
export const NO_ATTRIBUTES: Attributes = Object.freeze({});

/** An error as DynamoDB gives it for a request that it refuses as such. */
export function validationException(message: string): Error {
  return Object.assign(new Error(message), { name: 'ValidationException' });
}

/**
 * A copy of an item as the SDK marshals it with `removeUndefinedValues`: undefined values and functions are left
 * out, binary values become a Uint8Array of their own.
 *
 * @throws Error for what cannot be stored, as `@aws-sdk/util-dynamodb` does.
 */
export function marshalAttributes(attributes: Readonly<Record<string, unknown>>): Attributes {
  const marshalled: Record<string, Value> = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined && typeof value !== 'function') marshalled[name] = marshalValue(value);
  }
  return marshalled;
}

function marshalValue(value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') {
    const isAllowed = Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    if (!isAllowed) throw new Error(`number ${value} cannot be stored`);
    return value === 0 ? 0 : value;
  }
  if (Array.isArray(value)) {
    const elements: readonly unknown[] = value;
    return elements
      .filter((element) => element !== undefined && typeof element !== 'function')
      .map((element) => marshalValue(element));
  }
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (isPlain(value)) return marshalAttributes(value);
  throw new Error(`a ${typeof value} cannot be stored: ${String(value)}`);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A copy that its receiver may change. */
export function copyAttributes(attributes: Attributes, only?: readonly string[]): Record<string, Value> {
  const copied: Record<string, Value> = {};
  if (only === undefined) {
    for (const name in attributes) copyOne(attributes, name, copied);
  } else {
    for (const name of only) copyOne(attributes, name, copied);
  }
  return copied;
}

function copyOne(from: Attributes, name: string, into: Record<string, Value>): void {
  const value = from[name];
  if (value === undefined) return;
  into[name] = typeof value === 'object' ? marshalValue(value) : value;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** About the bytes that DynamoDB counts for an item (AWS: item sizes and formats); a character counts as one. */
export function sizeOfAttributes(attributes: Attributes): number {
  let size = 0;
  for (const name in attributes) size += name.length + sizeOfValue(attributes[name] ?? null);
  return size;
}

function sizeOfValue(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return 1 + Math.ceil(String(value).length / 2);
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (isList(value)) return value.reduce<number>((sum, element) => sum + 1 + sizeOfValue(element), 3);
  return 3 + Object.keys(value).length + sizeOfAttributes(value);
}

/** @throws Error for numbers that cannot be stored, as the SDK does. */
export function isMet(condition: Condition, item: Attributes): boolean {
  return [condition]
    .flat()
    .some((tests) => Object.entries(tests).every(([attribute, test]) => passes(item[attribute], test)));
}

function passes(value: Value | undefined, test: AttributeTest): boolean {
  for (const bound of Object.values(test)) marshalValue(bound);
  if ('exists' in test) return (value !== undefined) === test.exists;
  if ('equals' in test) return value === test.equals;
  if (typeof value !== 'number') return false;
  return 'below' in test ? value < test.below : test.from <= value && value <= test.to;
}

/** AWS: item size (DynamoDB quotas). */
const MAX_ITEM_BYTES = 400 * 1024;

const KEY_ATTRIBUTES = ['bookId', 'item'];

/** An update whose values are copied, so that later changes by the caller do not matter. */
export interface PreparedUpdate {
  readonly set: Attributes;
  readonly add: Readonly<Record<string, number>>;
  readonly removed: ReadonlySet<string>;
  readonly condition: Condition | undefined;
}

/** @throws ValidationException for an update that DynamoDB refuses whatever the item is. */
export function prepareUpdate({ set = {}, add = {}, condition }: Update): PreparedUpdate {
  const paths = [...Object.keys(set), ...Object.keys(add)];
  if (paths.length === 0) throw validationException('the update changes nothing');
  if (new Set(paths).size < paths.length) throw validationException(`two paths overlap: ${paths.join(', ')}`);
  const key = paths.find((path) => KEY_ATTRIBUTES.includes(path));
  if (key !== undefined) throw validationException(`attribute ${key} is part of the key`);
  for (const name in add) marshalValue(add[name]);
  return {
    set: marshalAttributes(set),
    add: { ...add },
    removed: new Set(Object.keys(set).filter((name) => set[name] === undefined)),
    condition,
  };
}

/** The item after an update. All expressions see the item as it was before. */
export function applyUpdate(key: Key, before: Attributes, update: PreparedUpdate): Attributes {
  const after: Record<string, Value> = { bookId: key.bookId, item: key.item };
  for (const name in before) {
    const value = before[name];
    if (value !== undefined && !update.removed.has(name)) after[name] = value;
  }
  for (const name in update.add) {
    const value = before[name];
    if (value === undefined) throw validationException(`attribute ${name} does not exist in the item`);
    if (typeof value !== 'number') throw validationException(`attribute ${name} is not a number`);
    after[name] = value + (update.add[name] ?? 0);
  }
  return Object.assign(after, update.set);
}

/** @throws ValidationException for keys and sizes that DynamoDB refuses. */
export function checkItem(attributes: Attributes, bytes: number): void {
  if (bytes > MAX_ITEM_BYTES) throw validationException('the item is larger than 400 KB');
  for (const name of KEY_ATTRIBUTES) {
    const value = attributes[name];
    if (typeof value !== 'string' || value === '') throw validationException(`key ${name} is not a text`);
  }
  for (const name of ['dueShard', 'dueAt']) {
    const value = attributes[name];
    const isKey = value === undefined || (typeof value === 'string' && value !== '');
    if (!isKey) throw validationException(`index key ${name} is not a text`);
  }
}
