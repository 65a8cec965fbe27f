import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { askForEverything } from './ask-for-everything.ts';
import { OPERATIONS, readJson } from './documents.ts';

/** The vendor's later OpenAPI document, which describes answers by schemas. */
const DOCUMENT = 'newer/openapi-3.1.1.json';

const Response = z.looseObject({
  content: z
    .looseObject({
      'application/json': z
        .looseObject({ schema: z.looseObject({ oneOf: z.array(z.unknown()).optional() }).optional() })
        .optional(),
    })
    .optional(),
});
const OpenApi = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ responses: z.record(z.string(), Response).optional() }).catch({})),
  ),
});

/** Ids in a path have other names in other documents. */
const anonymous = (path: string) => path.replace(/\{\w+\}/g, '{}');

const escaped = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

const isThere = existsSync(join(process.env.OCROLUS_DOCUMENTS ?? '', DOCUMENT));

function linesOf(key: string, errors: readonly ErrorObject[]): string[] {
  return errors.map(
    ({ instancePath, message, params }) =>
      `${key}: ${instancePath.replaceAll(/\/\d+/g, '[]')} ${message} ${Object.values(params).join()}`,
  );
}

/** Intended differences. Remove one when it no longer exists. */
const KNOWN_DIFFERENCES: readonly (readonly [difference: RegExp, reason: string])[] = [
  [/must have required property/, 'bodies have the members that are read, and a few more'],
  [
    /additional properties ((simulated|analysis)_)?revision$/,
    'counts changes, so that tests can tell one version of a result from the next',
  ],
  [/^doc-form-data 200: .*additional properties confidence$/, 'as in the example of the other document'],
];

const unknown = (lines: readonly string[]) =>
  lines.filter((line) => !KNOWN_DIFFERENCES.some(([known]) => known.test(line)));

describe.skipIf(!isThere)('the answers of the simulated Ocrolus, by the schemas of OpenAPI 3.1.1', () => {
  let compared = 0;
  let found: readonly string[] = [];

  beforeAll(async () => {
    const document = readJson(DOCUMENT);
    const { paths } = OpenApi.parse(document);
    const byPath = new Map(
      Object.entries(paths).map(([path, methods]) => [anonymous(path), { path, methods }]),
    );
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema(Object(document), 'document');
    const lines = new Set<string>();
    for (const [key, bodies] of await askForEverything()) {
      const [name = '', status = ''] = key.split(' ');
      const operation = OPERATIONS.find((one) => one.operation === name);
      const place = byPath.get(anonymous(operation?.path ?? ''));
      const method = operation?.method.toLowerCase() ?? '';
      const schema = place?.methods[method]?.responses?.[status]?.content?.['application/json']?.schema;
      if (place === undefined || schema === undefined) continue;
      const pointer = [
        'paths',
        place.path,
        method,
        'responses',
        status,
        'content',
        'application/json',
        'schema',
      ];
      // An answer is one of these; the nearest one says what is wrong with it.
      const pointers = schema.oneOf?.map((_, index) => [...pointer, 'oneOf', String(index)]) ?? [pointer];
      const validators = pointers.map((parts) =>
        ajv.compile({ $ref: `document#/${parts.map(escaped).join('/')}` }),
      );
      for (const body of bodies) {
        compared += 1;
        const faults = validators.map((validate) =>
          validate(body) === true ? [] : linesOf(key, validate.errors ?? []),
        );
        const [nearest = []] = faults.sort((one, other) => unknown(one).length - unknown(other).length);
        for (const line of nearest) lines.add(line);
      }
    }
    found = [...lines];
  }, 60_000);

  test('fit, except for the known differences', () => {
    expect(compared).toBeGreaterThan(300);
    expect(unknown(found)).toEqual([]);
  });

  test.each(KNOWN_DIFFERENCES)('%s is still a difference: %s', (difference) => {
    expect(found.filter((line) => difference.test(line))).not.toEqual([]);
  });
});
