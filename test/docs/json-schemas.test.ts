import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonSchemas } from '../../infra/docs/json-schemas.ts';

const FOLDER = join(import.meta.dirname, '../../docs/schemas');

describe('docs/schemas', () => {
  it('is what the zod schemas say (else: npm run schemas)', () => {
    const written = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]);
    expect(Object.fromEntries(written)).toEqual(jsonSchemas());
  });
});
