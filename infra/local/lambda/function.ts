import { randomUUID } from 'node:crypto';
import type { FunctionDefinition } from './definition.ts';
import { type EnvironmentOptions, type ExecutionEnvironment, startEnvironment } from './environment.ts';
import type { InvocationOutcome } from './protocol.ts';

/**
 * Time that an event waits for a busy environment before another one is started: most events take less, and on a
 * small machine a new process takes longer.
 */
const START_ANOTHER_AFTER_MS = 50;

/** Time without an event after which an environment ends, as on AWS after some minutes: each takes about 60 MB. */
const IDLE_MS = 15_000;

export type LambdaFunction = ReturnType<typeof createFunction>;

interface FunctionOptions extends EnvironmentOptions {
  /** Maximum number of execution environments at the same time. */
  readonly maxEnvironments: number;
  /** Milliseconds until an environment without an event ends. */
  readonly idleMs?: number | undefined;
  readonly onEnd?: ((outcome: InvocationOutcome) => void) | undefined;
}

/** A function, with execution environments that are started when needed and used again. */
export function createFunction(definition: FunctionDefinition, options: FunctionOptions) {
  const busy = new Set<ExecutionEnvironment>();
  const idle: ExecutionEnvironment[] = [];
  const { idleMs = IDLE_MS } = options;
  const idleTimers = new Map<ExecutionEnvironment, NodeJS.Timeout>();
  const waiting: ((environment: ExecutionEnvironment) => void)[] = [];
  let stopped = false;

  const start = () => startEnvironment(definition, options);

  async function acquire(): Promise<ExecutionEnvironment> {
    let environment = takeIdle();
    while (environment !== undefined && !environment.isAlive) environment = takeIdle();
    if (environment !== undefined || busy.size === 0) return occupy(environment ?? start());

    const acquired = Promise.withResolvers<ExecutionEnvironment>();
    waiting.push(acquired.resolve);
    const timer = setTimeout(() => {
      const position = waiting.indexOf(acquired.resolve);
      if (position < 0 || busy.size >= options.maxEnvironments || stopped) return;
      waiting.splice(position, 1);
      acquired.resolve(occupy(start()));
    }, START_ANOTHER_AFTER_MS);
    const found = await acquired.promise;
    clearTimeout(timer);
    return found;
  }

  /** Takes the last one used, so that the others reach their idle time and end. */
  function takeIdle(): ExecutionEnvironment | undefined {
    const environment = idle.pop();
    if (environment === undefined) return undefined;
    clearTimeout(idleTimers.get(environment));
    idleTimers.delete(environment);
    return environment;
  }

  function putIdle(environment: ExecutionEnvironment): void {
    idle.push(environment);
    const end = () => {
      idle.splice(idle.indexOf(environment), 1);
      idleTimers.delete(environment);
      void environment.kill();
    };
    idleTimers.set(environment, setTimeout(end, idleMs).unref());
  }

  function occupy(environment: ExecutionEnvironment): ExecutionEnvironment {
    busy.add(environment);
    return environment;
  }

  function release(environment: ExecutionEnvironment): void {
    busy.delete(environment);
    const next = waiting.shift();
    // A stopping function starts no environment; `invoke` refuses the event.
    if (next !== undefined) next(occupy(environment.isAlive || stopped ? environment : start()));
    else if (environment.isAlive) putIdle(environment);
  }

  return {
    definition,
    /** Never rejects: an error is an outcome, and is logged. */
    async invoke(event: unknown): Promise<InvocationOutcome> {
      const requestId = randomUUID();
      if (stopped) return failed(requestId, 'the local stack is stopping');
      const environment = await acquire();
      if (stopped) {
        await environment.kill();
        return failed(requestId, 'the local stack is stopping');
      }
      const outcome = await environment.invoke({ requestId, event });
      options.onEnd?.(outcome);
      release(environment);
      if (!outcome.ok && !stopped) {
        const { errorType, errorMessage, trace } = outcome.error;
        options.onLine(`RequestId: ${requestId} ${errorType}: ${errorMessage}`);
        for (const line of trace?.slice(1) ?? []) options.onLine(line);
      }
      return outcome;
    },
    environments: () => ({ busy: busy.size, idle: idle.filter(({ isAlive }) => isAlive).length }),
    /** Kills one environment, a busy one if possible. @returns whether there was one. */
    async killEnvironment(): Promise<boolean> {
      const environment = [...busy][0] ?? takeIdle();
      await environment?.kill();
      return environment !== undefined;
    },
    /** Ends every environment; events in them fail. */
    async stop(): Promise<void> {
      stopped = true;
      for (const timer of idleTimers.values()) clearTimeout(timer);
      await Promise.all([...busy, ...idle].map((environment) => environment.kill()));
    },
  };
}

function failed(requestId: string, errorMessage: string): InvocationOutcome {
  return { ok: false, requestId, error: { errorType: 'Local.Stopped', errorMessage } };
}
