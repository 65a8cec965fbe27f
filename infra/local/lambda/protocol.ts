/** Messages between the stack and the child process that acts as a Lambda execution environment. */

/** Lambda's report about a failed invocation. */
export interface LambdaError {
  /** Class of the error that the handler threw, or one of Lambda's own, e.g. `Runtime.ExitError`. */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface FunctionCall {
  /** Unix milliseconds. */
  readonly at: number;
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  /** 0 if there was no answer. */
  readonly status: number;
  /** Milliseconds until the whole answer had arrived. */
  readonly ms: number;
}

export interface InvocationRequest {
  readonly requestId: string;
  readonly event: unknown;
  /** Epoch milliseconds. */
  readonly deadline: number;
}

export type RuntimeMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-error'; readonly error: LambdaError }
  | { readonly kind: 'outcome'; readonly outcome: InvocationOutcome }
  /** Sent only if calls are watched. */
  | { readonly kind: 'call'; readonly requestId: string; readonly call: FunctionCall };

/** `payload` is the JSON text of the handler's return value. */
export type InvocationOutcome =
  | { readonly ok: true; readonly requestId: string; readonly payload: string }
  | { readonly ok: false; readonly requestId: string; readonly error: LambdaError };
