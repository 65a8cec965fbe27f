import type { AttributeTest, Condition } from '../../../../shared/store/condition.ts';
import type { Key, Update } from '../../../../shared/store/table.ts';
import {
  type Attributes,
  marshalAttributes,
  marshalValue,
  type Value,
  validationException,
} from './values.ts';

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
