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

/** The JSON Schema of one setting. */
const SettingSchema = z.looseObject({
  type: z.string().optional(),
  /** The placeholder of a name that a stage chooses. */
  title: z.string().optional(),
  description: z.string().optional(),
  cost: z.string().optional(),
  /** The rule for a text, as in the message of a fault. */
  fault: z.string().optional(),
  default: z.json().optional(),
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  get items() {
    return SettingSchema.optional();
  },
  get properties() {
    return z.record(z.string(), SettingSchema).optional();
  },
  get oneOf() {
    return z.array(SettingSchema).optional();
  },
  /** `false`, or the type of the values under names that a stage chooses. */
  get additionalProperties() {
    return z.union([z.literal(false), SettingSchema]).optional();
  },
  get propertyNames() {
    return SettingSchema.optional();
  },
});

export type SettingSchema = z.infer<typeof SettingSchema>;

/** Every setting of a stage, in the order of the schema. */
export function settingGroups(): SettingGroup[] {
  const schema = SettingSchema.parse(
    z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any', override: addFault }),
  );
  const all = settingsOf({ path: '', schema, variant: undefined, required: 'required' });
  const top = all.filter(({ path }) => !path.includes('.'));
  const groups = Object.entries(schema.properties ?? {}).flatMap(([path, { description }]) => {
    const settings = all.filter((setting) => setting.path.startsWith(`${path}.`));
    return settings.length === 0 ? [] : [{ path, description, settings }];
  });
  return [{ path: '', description: undefined, settings: top }, ...groups];
}

/** A text that every setting with a rule refuses. */
const WRONG = '\u0000';

function addFault({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}) {
  if (zodSchema._zod.def.type !== 'string') return;
  const fault = z.safeParse(zodSchema, WRONG).error?.issues[0]?.message;
  if (fault?.startsWith('must ')) jsonSchema.fault = fault;
}

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
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const { additionalProperties: values, propertyNames } = property;
    const isRequired = schema.required?.includes(name) === true;
    if (property.properties !== undefined || property.oneOf !== undefined) {
      const isOptional = !isRequired && property.default === undefined;
      const required = isOptional ? `with ${own}` : group.required;
      return settingsOf({ path: own, schema: property, variant, required });
    }
    if (typeof values === 'object') {
      return [{ path: `${own}.<${propertyNames?.title}>`, variant, schema: values, required: undefined }];
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

function discriminatorOf({ properties = {} }: SettingSchema): [string, string] {
  const found = Object.entries(properties).find(([, schema]) => schema.const !== undefined);
  return [found?.[0] ?? '', String(found?.[1].const)];
}
