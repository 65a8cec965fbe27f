import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** List of the example answers. */
export const EXAMPLES = 'responses/index.json';

const Index = z.object({
  operations: z.record(
    z.string(),
    z.looseObject({
      path: z.string(),
      examples: z.array(z.looseObject({ status: z.number(), file: z.string().nullish() })),
    }),
  ),
});

/** An example of a successful answer. */
export interface Example {
  readonly operation: string;
  /** Fits the paths of its operation. */
  readonly path: RegExp;
  readonly body: unknown;
}

/** A file of the vendor's documents, in the folder that `npm run compare` names. */
export function readDocument(path: string): Buffer {
  const folder = process.env.OCROLUS_DOCUMENTS;
  if (folder === undefined) throw new Error('npm run compare -- --documents DIR');
  return readFileSync(join(folder, path));
}

export function readJson(path: string): unknown {
  return JSON.parse(String(readDocument(path)));
}

/** Example answers with a result, by file name. */
export function answersWithResult(): string[] {
  const files = readdirSync(join(process.env.OCROLUS_DOCUMENTS ?? '', 'responses'));
  return files.filter((name) => /\.200(\.|-).*json$/.test(name)).map((name) => `responses/${name}`);
}

/** The first example with HTTP status 200 of each operation. */
export function successes(): Example[] {
  const { operations } = Index.parse(readJson(EXAMPLES));
  return Object.entries(operations).flatMap(([operation, { path, examples }]) => {
    const file = examples.find((example) => example.status === 200 && example.file)?.file;
    if (file === undefined || file === null) return [];
    const pattern = new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`);
    return [{ operation, path: pattern, body: readJson(`responses/${file}`) }];
  });
}
