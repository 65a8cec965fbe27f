import * as z from 'zod';
import { PUBLISHED_EVENTS } from '../../shared/events/published.ts';
import { BookItem, DocumentItem, EventItem, ResultItem } from '../../shared/store/items.ts';

const ITEMS = {
  book: { schema: BookItem, title: 'The book now (item BOOK)' },
  document: { schema: DocumentItem, title: 'One document now (items DOC#<docUuid>)' },
  result: { schema: ResultItem, title: 'A result body, or where it is (items RESULT#<kind>#<subject>)' },
  event: { schema: EventItem, title: 'What became of a delivery (items EVENT#<receivedAt>#<deliveryId>)' },
} as const;

const BASE64 = { type: 'string', contentEncoding: 'base64' } as const;

/** The items that downstream services read, as JSON Schema 2020-12, by file name. */
export function jsonSchemas(): Record<string, string> {
  const files = Object.entries(ITEMS).map(([name, { schema, title }]) => {
    const document = z.toJSONSchema(schema, {
      unrepresentable: 'any',
      // Items have internal attributes too, which the schema of an output refuses.
      io: 'input',
      override: ({ zodSchema, jsonSchema }) => {
        withoutLimits({ jsonSchema });
        // DynamoDB's JSON encodes binary attributes in base64.
        if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, BASE64);
        // A format of zod only. The pattern has the same meaning.
        if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
      },
    });
    return [`${name}.schema.json`, textOf(title, document)];
  });
  return { ...Object.fromEntries(files), ...publishedSchemas() };
}

/** The details of published events, by file name: later versions get files of their own. */
function publishedSchemas(): Record<string, string> {
  const files = Object.entries(PUBLISHED_EVENTS).map(([type, schema]) => {
    const document = z.toJSONSchema(schema, { io: 'input', override: withoutLimits });
    const title = `The detail of ${type} (docs/published-events.md)`;
    return [`published/${type}.v1.schema.json`, textOf(title, document)];
  });
  return Object.fromEntries(files);
}

function textOf(title: string, { $schema, ...rest }: z.core.JSONSchema.BaseSchema): string {
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

/** Zod limits integers to those that JavaScript has. */
function withoutLimits({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.type === 'integer') Object.assign(jsonSchema, { minimum: undefined, maximum: undefined });
}
