import * as z from 'zod';
import { Settings } from '../../config/settings.ts';

/** A setting with a value, in contrast to a group of settings. */
export interface SettingFacts {
  /** Its full name, such as `poll.minutes`. */
  readonly path: string;
  /** The variant of its group to which it belongs, such as `kind: 'allowlisted'`. */
  readonly variant: string | undefined;
  readonly schema: SettingSchema;
  /** `required`, or `with <group>` if it is required only when that group is set; `undefined` if it may be absent. */
  readonly required: string | undefined;
}

/** A group of settings: an object of the schema. The first group has the settings at the top. */
export interface SettingGroup {
  readonly path: string;
  readonly description: string | undefined;
  readonly settings: readonly SettingFacts[];
}

/**
 * The JSON Schema of one setting. `title`: the placeholder of a name that a stage chooses; `cost`: as in the settings;
 * `fault`: the rule for a text, as in the message of a fault.
 */
export type SettingSchema = z.core.JSONSchema.JSONSchema;

/** False also for `additionalProperties: false`, and for a list of schemas. */
export function isSchema(schema: unknown): schema is SettingSchema {
  return typeof schema === 'object' && !Array.isArray(schema);
}

function propertiesOf({ properties = {} }: SettingSchema) {
  return Object.entries(properties).flatMap(([name, schema]) =>
    isSchema(schema) ? [[name, schema] as const] : [],
  );
}

/** Every setting of a stage, in the order of the schema. */
export function settingGroups(): SettingGroup[] {
  const schema = z.toJSONSchema(Settings, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const isText = zodSchema._zod.def.type === 'string';
      const fault = isText ? z.safeParse(zodSchema, WRONG).error?.issues[0]?.message : undefined;
      if (fault?.startsWith('must ')) jsonSchema.fault = fault;
    },
  });
  const all = settingsOf({ path: '', schema, variant: undefined, required: 'required' });
  const top = all.filter(({ path }) => !path.includes('.'));
  const groups = propertiesOf(schema).flatMap(([path, { description }]) => {
    const settings = all.filter((setting) => setting.path.startsWith(`${path}.`));
    return settings.length === 0 ? [] : [{ path, description, settings }];
  });
  return [{ path: '', description: undefined, settings: top }, ...groups];
}

/** A text that every setting with a rule refuses. */
const WRONG = '\u0000';

/** An object of the schema, and what `required` means for its settings. */
interface Group {
  readonly path: string;
  readonly schema: SettingSchema;
  readonly variant: string | undefined;
  readonly required: string;
}

function settingsOf(group: Group): SettingFacts[] {
  const { path, schema, variant } = group;
  if (schema.oneOf !== undefined) return settingsOfVariants(group, schema.oneOf);
  return propertiesOf(schema).flatMap(([name, property]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const { additionalProperties: values, propertyNames } = property;
    const isRequired = schema.required?.includes(name) === true;
    if (property.properties !== undefined || property.oneOf !== undefined) {
      const isOptional = !isRequired && property.default === undefined;
      const required = isOptional ? `with ${own}` : group.required;
      return settingsOf({ path: own, schema: property, variant, required });
    }
    if (isSchema(values)) {
      const title = isSchema(propertyNames) ? propertyNames.title : '';
      return [{ path: `${own}.<${title}>`, variant, schema: values, required: undefined }];
    }
    const required = isRequired ? group.required : undefined;
    return [{ path: own, variant, schema: property, required }];
  });
}

/** First the setting that selects the variant, with the values of all variants; then the settings of each variant. */
function settingsOfVariants(group: Group, variants: readonly SettingSchema[]): SettingFacts[] {
  const all = variants.flatMap((schema) => {
    const [discriminator, value] = discriminatorOf(schema);
    return settingsOf({ ...group, schema, variant: `${discriminator}: '${value}'`, required: 'required' });
  });
  const isDiscriminator = ({ schema }: SettingFacts) => schema.const !== undefined;
  const [first] = all.filter(isDiscriminator);
  const words = all.filter(isDiscriminator).flatMap(({ schema }) => schema.const ?? []);
  const rest = all.filter((setting) => !isDiscriminator(setting));
  if (first === undefined) return rest;
  const { const: _, ...own } = first.schema;
  const name = first.path.split('.').at(-1) ?? '';
  const chosen = z.record(z.string(), z.json()).safeParse(group.schema.default).data?.[name];
  const schema = { ...own, enum: words, ...(chosen !== undefined && { default: chosen }) };
  const required = chosen === undefined ? group.required : undefined;
  return [{ path: first.path, variant: undefined, schema, required }, ...rest];
}

function discriminatorOf(group: SettingSchema): [string, string] {
  const found = propertiesOf(group).find(([, schema]) => schema.const !== undefined);
  return [found?.[0] ?? '', String(found?.[1].const)];
}
