import type { FunctionCall, InvocationOutcome } from './lambda/protocol.ts';

/** A request to the API, and its answer. */
export interface ApiRequest {
  /** Request id of API Gateway, which the webhook writes into its log. */
  readonly requestId: string;
  /** `Webhook-Request-Id`. */
  readonly deliveryId: string | undefined;
  /** Unix milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

/** Receives the events of a stack. Its methods must be fast and must not throw. */
export interface StackObserver {
  requestAnswered(request: ApiRequest): void;
  invocationStarted(functionName: string, requestId: string, event: unknown): void;
  /** @param requestId of the invocation. */
  ocrolusCalled(functionName: string, requestId: string, call: FunctionCall): void;
  invocationEnded(functionName: string, requestId: string, outcome: InvocationOutcome): void;
}
