import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** The vendor's OpenAPI documents and example answers. They are not part of the project. */
const FOLDER = join(import.meta.dirname, '../../../../../shared/ocrolus');

export const hasVendorDocuments =
  existsSync(join(FOLDER, 'openapi')) && existsSync(join(FOLDER, 'responses/index.json'));

/** One answer that the vendor documents, by operation and HTTP status. */
export interface DocumentedAnswer {
  /** Of the OpenAPI document; `undefined` where there is only an example. */
  readonly schema: Schema | undefined;
  /** Parsed. */
  readonly examples: readonly unknown[];
}

/** A schema and the document that its references point into. */
export interface Schema {
  readonly schema: unknown;
  readonly document: Json;
}

export interface DocumentedOperation {
  readonly method: string;
  /** With `{name}` for each parameter. */
  readonly path: string;
  /** By HTTP status. */
  readonly answers: ReadonlyMap<number, DocumentedAnswer>;
}

export type Json = Readonly<Record<string, unknown>>;

const json = z.record(z.string(), z.unknown());

const OpenApi = z.looseObject({
  servers: z.array(z.looseObject({ url: z.url() })),
  paths: z.record(z.string(), json),
});

const Index = z.object({
  operations: z.record(
    z.string(),
    z.looseObject({
      method: z.string(),
      path: z.string(),
      examples: z.array(z.looseObject({ status: z.number(), file: z.string().nullish() })),
    }),
  ),
});

/** Every operation of which the vendor's documents or examples say how it answers, by `operationId`. */
export function documentedOperations(): ReadonlyMap<string, DocumentedOperation> {
  const operations = new Map<string, DocumentedOperation>();
  const schemas = new Map(readdirSync(join(FOLDER, 'openapi')).flatMap((file) => schemasOf(file)));
  const { operations: known } = Index.parse(read('responses/index.json'));
  for (const [operation, { method, path, examples }] of Object.entries(known)) {
    const answers = new Map<number, DocumentedAnswer>();
    for (const { status, file } of examples) {
      if (typeof file !== 'string') continue;
      const before = answers.get(status)?.examples ?? [];
      const body = read(`responses/${file}`);
      answers.set(status, { schema: schemas.get(`${operation} ${status}`), examples: [...before, body] });
    }
    operations.set(operation, { method, path, answers });
  }
  for (const key of schemas.keys()) {
    const [operation = ''] = key.split(' ');
    if (!operations.has(operation)) operations.set(operation, { method: '', path: '', answers: new Map() });
  }
  return operations;
}

/** A schema that a document of the vendor names. @throws Error when it has none of that name. */
export function namedSchema(file: string, name: string): Schema {
  const document = json.parse(read(`openapi/${file}`));
  return { schema: resolved({ $ref: `#/components/schemas/${name}` }, document), document };
}

/** Pairs of `<operationId> <status>` and the schema of the JSON answer. */
function schemasOf(file: string): [string, Schema | undefined][] {
  const document = json.parse(read(`openapi/${file}`));
  const { paths } = OpenApi.parse(document);
  return Object.values(paths)
    .flatMap((path) => Object.values(path))
    .flatMap((operation) => {
      const found = z.looseObject({ operationId: z.string(), responses: json }).safeParse(operation).data;
      if (found === undefined) return [];
      return Object.entries(found.responses).map(([status, response]): [string, Schema | undefined] => {
        const schema = at(resolved(response, document), 'content', 'application/json', 'schema');
        return [`${found.operationId} ${status}`, schema === undefined ? undefined : { schema, document }];
      });
    });
}

/** What a `$ref` points at; anything else as it is. @throws Error for a reference that leads nowhere. */
export function resolved(value: unknown, document: Json): unknown {
  const ref = at(value, '$ref');
  if (typeof ref !== 'string') return value;
  const steps = ref.replace(/^#\//, '').split('/');
  const found = at(
    document,
    ...steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')),
  );
  if (found === undefined) throw new Error(`no ${ref}`);
  return resolved(found, document);
}

/** A member deep inside a value. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => {
    const isObject = typeof inner === 'object' && inner !== null;
    return isObject && Object.hasOwn(inner, name) ? Reflect.get(inner, name) : undefined;
  }, value);
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
}
