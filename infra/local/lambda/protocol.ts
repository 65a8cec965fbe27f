/** Messages between the stack and the child process that acts as a Lambda execution environment. */

/** Lambda's report about a failed invocation. */
export interface LambdaError {
  /** Class of the error that the handler threw, or one of Lambda's own, e.g. `Runtime.ExitError`. */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
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
  /** A request to the origin that is watched. */
  | { readonly kind: 'call' };

/** `payload` is the JSON text of the handler's return value. */
export type InvocationOutcome =
  | { readonly ok: true; readonly requestId: string; readonly payload: string }
  | { readonly ok: false; readonly requestId: string; readonly error: LambdaError };
