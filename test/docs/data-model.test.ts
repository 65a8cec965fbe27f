import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { jsonSchemas } from '../../infra/docs/json-schemas.ts';
import { ROOT } from './markdown.ts';

const page = readFileSync(join(ROOT, 'docs/data-model.md'), 'utf8');

function section(heading: string): string {
  const start = page.indexOf(`\n${heading}`);
  if (start < 0) throw new Error(`no section ${heading}`);
  const end = page.slice(start + 1).search(/\n##/);
  return page.slice(start, end < 0 ? undefined : start + 1 + end);
}

const SECTIONS: Readonly<Record<string, string>> = {
  'book.schema.json': `${section('### `BOOK`')}${section('### Forgotten books')}`,
  'document.schema.json': section('### `DOC#'),
  'result.schema.json': section('### `RESULT#'),
  'event.schema.json': section('### `EVENT#'),
};

/** Attributes of every item, explained at the top of the page or of its items. */
const COMMON = ['bookId', 'item', 'expiresAt'];
const internal = section('### Internal items');

const ofItems = Object.entries(jsonSchemas()).filter(([name]) => !name.startsWith('published/'));

describe.each(ofItems)('docs/data-model.md and %s', (name, text) => {
  const schema: { readonly properties: object } = JSON.parse(text);
  const own = SECTIONS[name] ?? '';

  test.each(Object.keys(schema.properties).filter((attribute) => !COMMON.includes(attribute)))(
    '%s is described, or listed as internal',
    (attribute) => {
      const isShown = own.includes(`\`${attribute}`) || own.includes(`"${attribute}":`);
      expect(isShown || internal.includes(`\`${attribute}\``)).toBe(true);
    },
  );

  test('the examples of the page fit the schema, also with internal attributes', () => {
    const fits = new Ajv2020({ validateFormats: false }).compile(schema);
    for (const [, example = ''] of own.matchAll(/```json\n([\s\S]*?)```/g)) {
      const item: object = JSON.parse(example);
      fits({ ...item, revision: 1, version: 1, 'need#forms': { state: 'wanted' } });
      expect(fits.errors).toBeNull();
    }
  });
});
