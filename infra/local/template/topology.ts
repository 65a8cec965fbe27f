import * as z from 'zod';
import { REGION } from '../../running-stacks/access.ts';
import type { StackAssembly } from './assembly.ts';
import { ACCOUNT_ID, type Identity, identify, nameProperty } from './identities.ts';

export type Topology = ReturnType<typeof createTopology>;

/**
 * The template with its intrinsic functions evaluated, as if this machine had created it.
 *
 * @throws Error if the stage adopts a table or a bucket, which this machine does not have.
 */
export function createTopology(assembly: StackAssembly, sqsEndpoint: string) {
  const { resources, parameters, stackName, isOfStage } = assembly;
  if (Object.values(resources).some(({ Type }) => Type === 'Custom::AdoptedStorage')) {
    throw new Error(
      'the local stack cannot adopt a table or a bucket: leave the setting `storage` out of its stage',
    );
  }
  const identities = new Map<string, Identity>();
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': ACCOUNT_ID,
    'AWS::Region': REGION,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${stackName}/local`,
    'AWS::NoValue': undefined,
  };

  const scope: Scope = {
    ref(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      if (Object.hasOwn(parameters, name)) return parameters[name];
      return identity(name).ref;
    },
    getAtt(logicalId, attribute) {
      const value = identity(logicalId).attributes[attribute];
      if (value === undefined) {
        throw new Error(`the local stack does not know ${attribute} of ${describe(logicalId)}`);
      }
      return value;
    },
  };

  function identity(logicalId: string): Identity {
    const known = identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = find(logicalId);
    const explicit = evaluate(resource.Properties[nameProperty(resource)], scope);
    const made = identify(resource, logicalId, {
      stackName,
      sqsEndpoint,
      ...(typeof explicit === 'string' && { explicitName: explicit }),
    });
    identities.set(logicalId, made);
    return made;
  }

  function find(logicalId: string) {
    const resource = resources[logicalId];
    if (resource === undefined)
      throw new Error(`the template refers to ${logicalId}, which it does not have`);
    return resource;
  }

  function describe(logicalId: string): string {
    return `${logicalId} (${resources[logicalId]?.Type ?? 'unknown'})`;
  }

  return {
    /** Logical ids of the stage's resources of a type, in the template's order. */
    idsOf: (type: string) =>
      Object.entries(resources).flatMap(([id, resource]) =>
        resource.Type === type && isOfStage(resource) ? [id] : [],
      ),
    identity,
    /**
     * Evaluates the properties in `schema`. Others are not read, because they may need values that only AWS knows.
     *
     * @throws Error that names the resource and the property.
     */
    properties<Shape extends z.ZodRawShape>(logicalId: string, schema: z.ZodObject<Shape>) {
      const { Properties } = find(logicalId);
      const wanted = Object.keys(schema.shape).filter((key) => Properties[key] !== undefined);
      const evaluated = wanted.map((key) => {
        try {
          return [key, evaluate(Properties[key], scope)] as const;
        } catch (error) {
          throw new Error(`${describe(logicalId)}, property ${key}: ${messageOf(error)}`, { cause: error });
        }
      });
      const parsed = schema.safeParse(Object.fromEntries(evaluated));
      if (parsed.success) return parsed.data;
      throw new Error(`${describe(logicalId)}: ${z.prettifyError(parsed.error)}`);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface Scope {
  /** @returns `undefined` for `AWS::NoValue`. @throws Error for an unknown name. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
}

/**
 * Evaluates the intrinsic functions that CDK writes into this template: Ref, Fn::GetAtt, Fn::Join, and Fn::Sub without
 * variables of its own. `AWS::NoValue` removes the value, as in CloudFormation.
 *
 * @throws Error that names a function that it cannot evaluate.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && /^(Ref|Condition|Fn::.*)$/.test(only[0])) {
    return call(only[0], only[1], scope);
  }
  const evaluated = entries.map(([key, item]) => [key, evaluate(item, scope)] as const);
  return Object.fromEntries(evaluated.filter(([, item]) => item !== undefined));
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  switch (name) {
    case 'Ref':
      return scope.ref(text(argument, name));
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = list(argument, name);
      return scope.getAtt(text(logicalId, name), text(attribute, name));
    }
    case 'Fn::Join': {
      const [separator, parts] = list(argument, name);
      return list(evaluate(parts, scope), name)
        .map((part) => text(part, name))
        .join(text(separator, name));
    }
    case 'Fn::Sub':
      return text(argument, name).replace(/\$\{([^}]+)\}/g, (_, ref: string) => text(scope.ref(ref), name));
    default:
      throw new Error(`the local stack cannot evaluate ${name}`);
  }
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${where} expects a list`);
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${where} expects text, not ${JSON.stringify(value)}`);
}
