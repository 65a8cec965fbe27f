import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Index = z.object({
  operations: z.record(
    z.string(),
    z.looseObject({
      method: z.string(),
      path: z.string(),
      parameters: z.array(z.looseObject({ name: z.string().optional(), in: z.string().optional() })),
      examples: z.array(z.looseObject({ status: z.number(), file: z.string().nullish() })),
    }),
  ),
});
const ErrorPage = z.object({
  errors: z.array(z.looseObject({ file: z.string(), http_status: z.int(), class: z.string() })),
});

/** An example answer; a body that is no JSON is a text. */
export interface Example {
  /** Operation of a call, or file of the page of errors. */
  readonly of: string;
  readonly status: number;
  readonly body: unknown;
}

/** A file of the vendor's documents, in the folder that `npm run compare` names. */
export function readJson(path: string): unknown {
  const folder = process.env.OCROLUS_DOCUMENTS;
  if (folder === undefined) throw new Error('npm run compare -- --documents DIR');
  return JSON.parse(readFileSync(join(folder, path), 'utf8'));
}

/** The calls of the API. `query` has the names of the parameters that are not in the path, which has them as `{name}`. */
export const OPERATIONS = Object.entries(Index.parse(readJson('responses/index.json')).operations).map(
  ([operation, { method, path, parameters, examples }]) => ({
    ...{ operation, method, path },
    query: parameters.flatMap(({ name, in: place }) =>
      place === 'query' && name !== undefined ? [name] : [],
    ),
    examples: examples.flatMap(({ status, file }): Example[] =>
      typeof file === 'string' ? [{ of: operation, status, body: readJson(`responses/${file}`) }] : [],
    ),
  }),
);

export const ANSWERS = OPERATIONS.flatMap(({ examples }) => examples);

/** The vendor's page of errors, with an example of each; `says` is its class. */
export const ERRORS = ErrorPage.parse(readJson('responses/_errors/index.json')).errors.map(
  ({ file, http_status: status, class: says }): Example & { says: string } => {
    const body = readJson(`responses/_errors/${file}`);
    return {
      of: file,
      status,
      says,
      body: z.object({ body_text: z.string() }).safeParse(body).data?.body_text ?? body,
    };
  },
);
