import type { FunctionCall, InvocationOutcome } from './lambda/protocol.ts';

/** A request that the API got, and how it was answered. */
export interface ApiRequest {
  /** API Gateway's id of it, which the webhook writes into its log. */
  readonly requestId: string;
  /** `Webhook-Request-Id`. */
  readonly deliveryId: string | undefined;
  /** Unix milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

/** Is told what happens in a stack. It must be quick, and must not throw. */
export interface StackObserver {
  requestAnswered(request: ApiRequest): void;
  invocationStarted(functionName: string, requestId: string, event: unknown): void;
  /** @param requestId of the invocation. */
  ocrolusCalled(functionName: string, requestId: string, call: FunctionCall): void;
  invocationEnded(functionName: string, requestId: string, outcome: InvocationOutcome): void;
}
