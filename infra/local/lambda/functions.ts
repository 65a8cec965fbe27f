import { availableParallelism } from 'node:os';
import type { LocalLog, StackObserver } from '../log.ts';
import type { Topology } from '../template/topology.ts';
import { environmentOf, type FunctionDefinition, type ServiceEndpoints } from './definition.ts';
import { createFunction, type LambdaFunction } from './function.ts';

/** Maximum environments of a function: enough for slow calls to Ocrolus, and few enough processes for a laptop. */
export const MAX_ENVIRONMENTS = Math.max(4, availableParallelism());

export function createFunctions(
  topology: Topology,
  definitions: readonly FunctionDefinition[],
  options: {
    readonly endpoints: ServiceEndpoints;
    readonly overrides: (definition: FunctionDefinition) => Record<string, string>;
    /** Folder for V8's compile cache. */
    readonly compileCache: string;
    readonly log: LocalLog;
    readonly observer?: StackObserver | undefined;
    readonly idleMs?: number | undefined;
  },
) {
  const functions = new Map<string, LambdaFunction>();
  const { observer } = options;
  for (const definition of definitions) {
    const { name } = definition;
    const lambda = createFunction(definition, {
      // Read when an environment starts, because only then all addresses of the stack are known.
      get variables() {
        return environmentOf(definition, options.endpoints, options.overrides(definition));
      },
      get calls() {
        const { OCROLUS_API_URL: url } = this.variables;
        if (observer === undefined || url === undefined) return undefined;
        return { origin: new URL(url).origin, onCall: () => observer.ocrolusCalled() };
      },
      compileCache: options.compileCache,
      maxEnvironments: Math.min(MAX_ENVIRONMENTS, definition.reservedConcurrency ?? MAX_ENVIRONMENTS),
      onLine: (line) => options.log(name, line),
      idleMs: options.idleMs,
      onEnd: ({ ok }) => observer?.invocationEnded(name, ok),
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
    /** @param reference ARN of a function, or its name on AWS. @throws Error if there is none. */
    byReference(reference: string) {
      const found = [...functions.values()].find(({ definition }) => {
        const { name, arn } = topology.identity(definition.logicalId);
        return reference === name || reference === arn;
      });
      if (found === undefined) throw new Error(`there is no function ${reference}`);
      return found;
    },
    async stop() {
      await Promise.all([...functions.values()].map((lambda) => lambda.stop()));
    },
  };
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
  { name, variables }: FunctionDefinition,
): Record<string, string> {
  const known = Object.entries(addresses).flatMap(([variable, address]) =>
    address === undefined || variables[variable] === undefined ? [] : [[variable, address] as const],
  );
  return { ...Object.fromEntries(known), ...environment['*'], ...environment[name] };
}
