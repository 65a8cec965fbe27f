import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { jsonSchemas } from '../../infra/docs/json-schemas.ts';
import { EVENT_SOURCE, PUBLISHED_EVENTS } from '../../shared/events/published.ts';
import { parsePublishedEvent } from '../../shared/public/events.ts';
import { ROOT } from './markdown.ts';

const page = readFileSync(join(ROOT, 'docs/published-events.md'), 'utf8');
const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];

test('the example is what the stage publishes, and fits its schema, also with members that are added later', () => {
  const event = JSON.parse(example);
  const { type, detail } = parsePublishedEvent(event);
  expect(event.source).toBe(EVENT_SOURCE);
  const schema = JSON.parse(jsonSchemas()[`published/${type}.v1.schema.json`] ?? '');
  const fits = new Ajv2020({ validateFormats: false }).compile(schema);
  for (const one of [detail, { ...detail, addedLater: true }]) {
    fits(one);
    expect(fits.errors).toBeNull();
  }
  expect(fits({ ...detail, changeId: undefined })).toBe(false);
});

test.each(Object.entries(PUBLISHED_EVENTS))(
  '%s has a row, a schema, and each of its members is named',
  (type, schema) => {
    expect(page).toContain(`| \`${type}\` |`);
    expect(page).toContain(`(schemas/published/${type}.v1.schema.json)`);
    const named = Object.keys(schema.shape).filter(
      (name) => !page.includes(`\`${name}\``) && !page.includes(`"${name}":`),
    );
    expect(named).toEqual([]);
  },
);
