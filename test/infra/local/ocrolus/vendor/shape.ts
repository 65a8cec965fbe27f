/** What is at one path of some bodies. */
interface Place {
  /** JSON types; texts with their format: `text:date`. */
  readonly types: Set<string>;
  /** Objects that have the member. */
  count: number;
}

/**
 * The paths of some bodies, with the types of what is there. `[]` stands for the entries of a list and `{}` for the
 * members of an object that is keyed by ids, dates or names of fields.
 */
export interface Shape {
  readonly places: ReadonlyMap<string, Place>;
  /** How many objects, or lists with entries, there are at a path. */
  readonly parents: ReadonlyMap<string, number>;
}

const FORMATS: readonly [string, RegExp][] = [
  ['empty', /^$/],
  ['uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
  ['dashless-uuid', /^[0-9a-f]{32}$/i],
  ['timestamp', /^\d{4}-\d\d-\d\dT\d\d:\d\d/],
  ['date', /^\d{4}-\d\d-\d\d$/],
  ['month', /^\d{4}-\d\d$/],
  ['us-date', /^\d\d\/\d\d\/\d{4}$/],
  ['us-month', /^\d\d\/\d{4}$/],
  ['decimal', /^-?\d+\.\d+$/],
  ['digits', /^-?\d+$/],
  ['url', /^https?:/],
];

const DATA_KEYS = ['uuid', 'date', 'month', 'us-date', 'us-month', 'digits'];

/** @param openMaps paths of objects whose keys are names that the vendor may add to. */
export function shapeOf(bodies: readonly unknown[], openMaps: readonly RegExp[] = []): Shape {
  const places = new Map<string, Place>();
  const parents = new Map<string, number>();
  const walk = (value: unknown, path: string): void => {
    const place = places.get(path) ?? { types: new Set<string>(), count: 0 };
    places.set(path, place);
    place.count += 1;
    place.types.add(typeOf(value));
    if (typeof value !== 'object' || value === null) return;
    const entries = Object.entries(value);
    if (Array.isArray(value)) {
      if (entries.length > 0) parents.set(path, (parents.get(path) ?? 0) + 1);
      for (const entry of value) walk(entry, `${path}[]`);
      return;
    }
    const isMap =
      openMaps.some((pattern) => pattern.test(path)) ||
      (entries.length > 0 && entries.every(([key]) => isDataKey(key)));
    if (!isMap || entries.length > 0) parents.set(path, (parents.get(path) ?? 0) + 1);
    for (const [key, member] of entries) walk(member, isMap ? `${path}{}` : `${path}.${key}`);
  };
  for (const body of bodies) walk(body, '');
  return { places, parents };
}

/** How a shape differs from that of the vendor's examples, one line a difference. */
export function differences(ours: Shape, theirs: Shape, isDocumented: (path: string) => boolean): string[] {
  const found: string[] = [];
  for (const [path, { types, count }] of theirs.places) {
    const parent = parentOf(path);
    if (path === '' || !ours.places.has(parent)) continue;
    const mine = ours.places.get(path);
    const isMember = !/(\[\]|\{\})$/.test(path);
    const isAlwaysThere = isMember && count === theirs.parents.get(parent);
    const holders = ours.parents.get(parent) ?? 0;
    if (mine === undefined)
      found.push(`${path} is ${isAlwaysThere && holders > 0 ? 'missing' : 'never shown'}`);
    else {
      if (isAlwaysThere && mine.count < holders) found.push(`${path} is sometimes missing`);
      const wrong = [...mine.types].filter((type) => !isAsExpected(type, types));
      if (wrong.length > 0) found.push(`${path} is ${wrong.join(' or ')}, not ${[...types].join(' or ')}`);
    }
  }
  for (const path of ours.places.keys()) {
    // Of the entries of a list that is empty in every example nothing is known.
    const isEntry = /(\[\]|\{\})$/.test(path);
    if (theirs.places.has(path) || !theirs.places.has(parentOf(path)) || isEntry) continue;
    if (!isDocumented(path)) found.push(`${path} is not documented`);
  }
  return found.sort();
}

const ANY_TEXT = ['text', 'text:empty', 'text:digits'];

/** Where the example is `null`, nothing is known of the type; where it is plain text, any text will do. */
function isAsExpected(type: string, expected: ReadonlySet<string>): boolean {
  if (expected.has(type)) return true;
  if (expected.size === 1 && expected.has('null')) return true;
  if (type === 'integer') return expected.has('number');
  // A whole amount: the example happens to have no cents.
  if (type === 'number') return expected.has('integer');
  // Texts of digits happen to be so; every other format is one.
  return type.startsWith('text') && ANY_TEXT.some((text) => expected.has(text));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value !== 'string') return typeof value;
  const format = formatOf(value);
  return format === undefined ? 'text' : `text:${format}`;
}

function formatOf(text: string): string | undefined {
  return FORMATS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** Fields of a form are named `w2-Part1:wages`. */
function isDataKey(key: string): boolean {
  return key.includes(':') || DATA_KEYS.includes(formatOf(key) ?? '');
}

export function parentOf(path: string): string {
  return path.replace(/(\[\]|\{\}|\.[^.[\]{}]*)$/, '');
}
