import { Ajv, type ValidateFunction } from 'ajv';
import { at, type Json, resolved, type Schema } from './documents.ts';

/** OpenAPI 3.0 knows `nullable` and `format`s of its own; Ajv takes the former beside a `type` only. */
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });

/** Compiles a schema of an OpenAPI document. @returns what is wrong with a body, one line a fault. */
export function validator({ schema, document }: Schema): (body: unknown) => string[] {
  // References may point anywhere into the document.
  const { components, paths } = convertedDocument(document);
  const validate: ValidateFunction = ajv.compile({ ...converted(schema), components, paths });
  return (body) => {
    if (validate(body)) return [];
    const faults = (validate.errors ?? []).map(
      ({ instancePath, message }) => `${pathOf(instancePath)}: ${message}`,
    );
    return [...new Set(faults)].sort();
  };
}

const documents = new WeakMap<Json, Json>();

function convertedDocument(document: Json): Json {
  const known = documents.get(document) ?? converted(document);
  documents.set(document, known);
  return known;
}

/** `nullable` as a union, examples left out, and a type for what has properties. */
function converted(value: unknown): Json {
  const inner = (child: unknown): unknown => {
    if (Array.isArray(child)) return child.map(inner);
    if (typeof child !== 'object' || child === null) return child;
    const { example, examples, nullable, ...rest } = child as Json;
    const schema = Object.fromEntries(Object.entries(rest).map(([key, member]) => [key, inner(member)]));
    const isObject =
      schema.type === undefined && typeof schema.properties === 'object' && '$ref' in schema === false;
    const typed = isObject && schema.allOf === undefined ? { ...schema, type: 'object' } : schema;
    return nullable === true ? { anyOf: [{ type: 'null' }, typed] } : typed;
  };
  return inner(value ?? {}) as Json;
}

/** Whether a schema has a property at a path of a shape. */
export function hasProperty({ schema, document }: Schema, path: string): boolean {
  const steps = path.match(/\[\]|\{\}|[^.[\]{}]+/g) ?? [];
  let candidates = variants(schema, document);
  for (const step of steps) {
    candidates = candidates.flatMap((candidate) => {
      const next =
        step === '[]'
          ? at(candidate, 'items')
          : step === '{}'
            ? at(candidate, 'additionalProperties')
            : at(candidate, 'properties', step);
      return next === undefined ? [] : variants(next, document);
    });
  }
  return candidates.length > 0;
}

/** A schema, and the ones that it is composed of. */
function variants(schema: unknown, document: Json): unknown[] {
  const own = resolved(schema, document);
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => {
    const list = at(own, word);
    return Array.isArray(list) ? list : [];
  });
  return [own, ...parts.flatMap((part) => variants(part, document))];
}

/** `/response/docs/0/pk` as `.response.docs[].pk`. */
function pathOf(instancePath: string): string {
  return instancePath
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? '[]' : `.${step}`))
    .join('');
}
