import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FunctionDefinition } from './definition.ts';
import type { InvocationOutcome, InvocationRequest, LambdaError, RuntimeMessage } from './protocol.ts';

const RUNTIME = fileURLToPath(new URL(`./runtime${extname(import.meta.url)}`, import.meta.url));

/** Time for the start of an environment: ten seconds (AWS: Lambda runtime environment). */
const INIT_TIMEOUT_MS = 10_000;

export type ExecutionEnvironment = ReturnType<typeof startEnvironment>;

export interface EnvironmentOptions {
  readonly variables: Readonly<Record<string, string>>;
  /** Folder for V8's compile cache, shared by all environments. */
  readonly compileCache: string;
  readonly onLine: (line: string) => void;
  /** `onCall` runs for each request of the handler to `origin`. */
  readonly calls?: { readonly origin: string; readonly onCall: () => void } | undefined;
}

/**
 * Starts an execution environment: a child process that serves one event at a time. It loads the handler at once, as
 * Lambda does in its init phase.
 */
export function startEnvironment(definition: FunctionDefinition, options: EnvironmentOptions) {
  const child = fork(
    RUNTIME,
    [options.compileCache, ...(options.calls === undefined ? [] : [options.calls.origin])],
    {
      cwd: definition.taskRoot,
      env: { ...options.variables },
      execPath: process.execPath,
      // Omits the options of this process: a test runner's loaders are no part of Lambda. A tenth of the memory is left for
      // buffers and code.
      execArgv: [`--max-old-space-size=${Math.max(64, Math.floor(definition.memoryMegabytes * 0.9))}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', options.onLine);
  }

  let isAlive = true;
  let pending:
    | { readonly requestId: string; readonly settle: (outcome: InvocationOutcome) => void }
    | undefined;
  let fault: LambdaError | undefined;
  const started = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<void>();

  const settle = (outcome: InvocationOutcome) => {
    if (pending?.requestId !== outcome.requestId) return;
    pending.settle(outcome);
    pending = undefined;
  };
  const end = (error: LambdaError) => {
    fault ??= error;
    isAlive = false;
    started.resolve();
    if (pending !== undefined) settle({ ok: false, requestId: pending.requestId, error: fault });
  };

  child.on('message', (message: RuntimeMessage) => {
    if (message.kind === 'ready') started.resolve();
    else if (message.kind === 'outcome') settle(message.outcome);
    else if (message.kind === 'call') options.calls?.onCall();
    else {
      end(message.error);
      child.kill('SIGKILL');
    }
  });
  child.on('error', (error) => end({ errorType: 'Runtime.StartError', errorMessage: error.message }));
  child.on('exit', (code, signal) => {
    const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
    end({ errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${how}` });
  });
  child.on('close', () => exited.resolve());

  /** Ends the process after `ms`, with Lambda's message for a timeout. */
  const limit = (ms: number) =>
    setTimeout(() => {
      const errorMessage = `Task timed out after ${(ms / 1000).toFixed(2)} seconds`;
      end({ errorType: 'Sandbox.Timedout', errorMessage });
      child.kill('SIGKILL');
    }, ms);

  const initTimer = limit(INIT_TIMEOUT_MS);
  void started.promise.then(() => clearTimeout(initTimer));

  return {
    /** True if the environment may be used again. */
    get isAlive() {
      return isAlive;
    },
    /** Never rejects, because an error is an outcome. Call it only when the previous event has its outcome. */
    async invoke({ requestId, event }: { readonly requestId: string; readonly event: unknown }) {
      await started.promise;
      const answer = Promise.withResolvers<InvocationOutcome>();
      pending = { requestId, settle: answer.resolve };
      if (fault !== undefined) end(fault);
      else {
        const timeoutMs = definition.timeoutSeconds * 1000;
        const request: InvocationRequest = { requestId, event, deadline: Date.now() + timeoutMs };
        const timer = limit(timeoutMs);
        void answer.promise.then(() => clearTimeout(timer));
        // If sending fails, the process has exited, which is reported above.
        child.send(request, () => {});
      }
      return answer.promise;
    },
    /** Sends SIGKILL, as if the host failed. The event in progress fails. Resolves when the process has exited. */
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await exited.promise;
    },
  };
}
