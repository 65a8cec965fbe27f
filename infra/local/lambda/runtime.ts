import { subscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InvocationOutcome, InvocationRequest, LambdaError, RuntimeMessage } from './protocol.ts';

/**
 * The Lambda runtime: runs as the child process of one execution environment, imports the handler from the asset's
 * folder, and serves one event after another. Its only input is its environment variables.
 */

type Handler = (event: unknown, context: object) => unknown;

const [compileCache, watchedOrigin] = process.argv.slice(2);
// Saves most of the load time of a bundle. Lambda has no such cache.
if (compileCache !== undefined) enableCompileCache(compileCache);

// This process ends with its parent, however the parent ends. The parent handles Ctrl-C.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});

if (watchedOrigin !== undefined) watchCalls(watchedOrigin);

await start();

async function start(): Promise<void> {
  let handler: Handler;
  try {
    handler = await loadHandler(environment('LAMBDA_TASK_ROOT'), environment('_HANDLER'));
  } catch (error) {
    send({ kind: 'init-error', error: describeError(error) });
    return;
  }
  process.on('message', (request: InvocationRequest) => void serve(handler, request));
  send({ kind: 'ready' });
  // Node.js writes the cache at the end of a process, but an environment is killed.
  setTimeout(flushCompileCache, 1000).unref();
}

async function loadHandler(taskRoot: string, handlerName: string): Promise<Handler> {
  const dot = handlerName.lastIndexOf('.');
  const [file, name] = [handlerName.slice(0, dot), handlerName.slice(dot + 1)];
  const path = ['.mjs', '.js', '.cjs'].map((end) => join(taskRoot, file + end)).find((it) => existsSync(it));
  if (path === undefined) throw new Error(`Cannot find module '${file}' in ${taskRoot}`);
  const module: Record<string, unknown> = await import(pathToFileURL(path).href);
  const handler = module[name];
  if (typeof handler !== 'function') throw new Error(`${handlerName} is undefined or not exported`);
  return (event, context) => handler(event, context);
}

async function serve(handler: Handler, { requestId, event, deadline }: InvocationRequest): Promise<void> {
  const report = (outcome: InvocationOutcome) => send({ kind: 'outcome', outcome });
  try {
    const result = await handler(event, contextOf(requestId, deadline));
    report({ ok: true, requestId, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    report({ ok: false, requestId, error: describeError(error) });
  }
}

/** The part of Lambda's context that the functions read. */
function contextOf(awsRequestId: string, deadline: number): object {
  const functionName = environment('AWS_LAMBDA_FUNCTION_NAME');
  return {
    invokedFunctionArn: `arn:aws:lambda:${environment('AWS_REGION')}:000000000000:function:${functionName}`,
    awsRequestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function describeError(error: unknown): LambdaError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function environment(name: string): string {
  return process.env[name] ?? '';
}

function send(message: RuntimeMessage): void {
  process.send?.(message);
}

/** Reports every request of `fetch` to an origin (Node.js: undici, diagnostics channel support). */
function watchCalls(origin: string): void {
  subscribe('undici:request:create', (message) => {
    const { request } = message as { readonly request: { readonly origin?: unknown } };
    if (String(request.origin) === origin) send({ kind: 'call' });
  });
}
