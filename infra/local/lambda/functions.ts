import { availableParallelism } from 'node:os';
import type { RestApi } from '../api/rest-api.ts';
import type { LocalLog, StackObserver } from '../log.ts';
import type { Topology } from '../template/topology.ts';
import { environmentOf, type FunctionDefinition, type ServiceEndpoints } from './definition.ts';
import { createFunction, type LambdaFunction } from './function.ts';
import type { FunctionCall } from './protocol.ts';
import type { ChannelQueues, Mapping, Schedule } from './triggers.ts';

/** Maximum environments of a function: enough for slow calls to Ocrolus, and few enough processes for a laptop. */
export const MAX_ENVIRONMENTS = Math.max(4, availableParallelism());

/** Settings that identify a function. Rotation has the registration's settings too, so it comes first. */
const MARKS = { rotation: 'ROTATION_OVERLAP_MINUTES', registration: 'REGISTRATION_LEVEL' };

/**
 * Names each function by its place in the topology: the one behind the API is `webhook`, the scheduled one
 * `poller`, and each consumer has the name of its channel. `registration` and `rotation` may have no place yet and are
 * recognized by a setting that no other function has. Others keep their logical id.
 */
export function nameFunctions(
  topology: Topology,
  definitions: readonly FunctionDefinition[],
  places: {
    readonly api: RestApi;
    readonly schedules: readonly Schedule[];
    readonly mappings: readonly Mapping[];
    readonly channels: Readonly<Record<string, ChannelQueues>>;
  },
): Map<string, FunctionDefinition> {
  const { api, schedules, mappings, channels } = places;
  const named = definitions.map((definition): [string, FunctionDefinition] => {
    const isThis = ({ functionArn }: { readonly functionArn: string }) =>
      refersTo(topology, definition, functionArn);
    if (isThis(api)) return ['webhook', definition];
    const marked = Object.entries(MARKS).find(([, variable]) => variable in definition.variables)?.[0];
    if (marked !== undefined) return [marked, definition];
    if (schedules.some(isThis)) return ['poller', definition];
    const queueUrl = mappings.find(isThis)?.queueUrl;
    const channel = Object.entries(channels).find(([, { url }]) => url === queueUrl)?.[0];
    return [channel ?? definition.logicalId, definition];
  });
  return new Map(named);
}

/** Creates the functions of the stack, which have the names that people use. */
export function createFunctions(
  topology: Topology,
  definitions: ReadonlyMap<string, FunctionDefinition>,
  options: {
    readonly endpoints: ServiceEndpoints;
    readonly overrides: (name: string, definition: FunctionDefinition) => Record<string, string>;
    /** Folder for V8's compile cache. */
    readonly compileCache: string;
    readonly log: LocalLog;
    readonly observer?: StackObserver | undefined;
    readonly idleMs?: number | undefined;
  },
) {
  const functions = new Map<string, LambdaFunction>();
  const { observer } = options;
  for (const [name, definition] of definitions) {
    const lambda = createFunction(definition, {
      // Read when an environment starts, because only then all addresses of the stack are known.
      get variables() {
        return environmentOf(definition, options.endpoints, options.overrides(name, definition));
      },
      get calls() {
        const { OCROLUS_API_URL: url } = this.variables;
        if (observer === undefined || url === undefined) return undefined;
        return {
          origin: new URL(url).origin,
          onCall: (requestId: string, call: FunctionCall) => observer.ocrolusCalled(name, requestId, call),
        };
      },
      compileCache: options.compileCache,
      maxEnvironments: Math.min(MAX_ENVIRONMENTS, definition.reservedConcurrency ?? MAX_ENVIRONMENTS),
      onLine: (line) => options.log(name, line),
      idleMs: options.idleMs,
      onStart: (requestId, event) => observer?.invocationStarted(name, requestId, event),
      onEnd: (requestId, outcome) => observer?.invocationEnded(name, requestId, outcome),
    });
    functions.set(name, lambda);
  }
  return {
    names: [...functions.keys()],
    /** @throws Error if no function has this name. */
    byName(name: string) {
      const found = functions.get(name);
      if (found === undefined)
        throw new Error(`there is no function "${name}": ${[...functions.keys()].join(', ')}`);
      return found;
    },
    /** @param reference name or ARN of a function, or of one of its versions. @throws Error if there is none. */
    byReference(reference: string) {
      const found = [...functions.values()].find(({ definition }) =>
        refersTo(topology, definition, reference),
      );
      if (found === undefined) throw new Error(`there is no function ${reference}`);
      return found;
    },
    async stop() {
      await Promise.all([...functions.values()].map((lambda) => lambda.stop()));
    },
  };
}

function refersTo(topology: Topology, definition: FunctionDefinition, reference: string): boolean {
  const { name, arn } = topology.identity(definition.logicalId);
  return reference === name || reference === arn || reference.startsWith(`${arn}:`);
}

/**
 * Environment variables that replace the template's.
 *
 * @param addresses apply to a function for which the template sets the variable.
 * @param environment by function name; `*` is for all.
 */
export function overridesOf(
  addresses: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, Readonly<Record<string, string>>>>,
  name: string,
  { variables }: FunctionDefinition,
): Record<string, string> {
  const known = Object.entries(addresses).flatMap(([variable, address]) =>
    address === undefined || variables[variable] === undefined ? [] : [[variable, address] as const],
  );
  return { ...Object.fromEntries(known), ...environment['*'], ...environment[name] };
}
