import type { Actors, Simulation } from '../kernel/actors.ts';
import type { BodyStore } from '../kernel/memory-bodies.ts';
import type { MemoryQueues } from '../kernel/memory-queue.ts';
import type { Random } from '../kernel/random.ts';
import type { MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import type { SimulatedCall, SimulatedOcrolus } from '../ocrolus/model.ts';

/** What all parts of the simulated system share. */
export interface Core {
  readonly simulation: Simulation;
  readonly actors: Actors;
  readonly table: MemoryTableCore;
  readonly queues: MemoryQueues;
  readonly bodies: BodyStore;
  readonly ocrolus: SimulatedOcrolus;
  /** For decisions that belong to no actor. */
  readonly random: Random;
  /** What goes wrong at present, besides the faults of ports. */
  readonly faults: { current: ServiceFaults };
  readonly listeners: CoreListeners;
  /** Books that an operator has forgotten, by uuid. `since`: infinite while the command has not succeeded. */
  readonly forgotten: Map<string, { readonly since: number }>;
  /** Environments that have died. */
  readonly kills: { count: number };
}

/** What the invariants receive. */
export interface CoreListeners {
  /** Every line that a function logs. */
  line: (actor: string, text: string) => void;
  /** Every call that Ocrolus has answered, whether or not the answer arrives. */
  call: (path: string, status: number) => void;
  /** Every request to Ocrolus at the moment when it is sent. @param ownTime what the clock of its sender says. */
  send: (path: string, ownTime: number) => void;
  /** Every call that Ocrolus understands, unless a fault answers it. */
  understood: (call: SimulatedCall) => void;
}

/** Probabilities, unless stated otherwise. */
export interface ServiceFaults {
  /** An environment that starts has a clock that is wrong by up to so many milliseconds. */
  readonly skewMs: number;
  readonly api: ApiFaults;
  readonly delivery: DeliveryFaults;
  /** Per invocation. */
  readonly killed: { readonly consumer: number; readonly webhook: number; readonly poller: number };
}

export interface ApiFaults {
  readonly serverError: number;
  readonly html: number;
  readonly empty: number;
  readonly truncated: number;
  readonly throttled: number;
  /** No answer ever. */
  readonly timeout: number;
  /** The token is no longer valid. */
  readonly expiredToken: number;
}

export interface DeliveryFaults {
  readonly lost: number;
  readonly duplicated: number;
  /** Up to some minutes late. */
  readonly delayed: number;
  /** Up to some days late, signed when it is sent. */
  readonly late: number;
  /** Sent to the webhook of another account. */
  readonly wrongAccount: number;
  /** The answer of the webhook does not arrive: Ocrolus sends it again. */
  readonly answerLost: number;
  /** Ocrolus learns nothing: API Gateway answers 503. */
  readonly refused: number;
  /** Nothing is announced. */
  readonly isSilent: boolean;
}

export const NO_API_FAULTS: ApiFaults = {
  serverError: 0,
  html: 0,
  empty: 0,
  truncated: 0,
  throttled: 0,
  timeout: 0,
  expiredToken: 0,
};

export const NO_DELIVERY_FAULTS: DeliveryFaults = {
  lost: 0,
  duplicated: 0,
  delayed: 0,
  late: 0,
  wrongAccount: 0,
  answerLost: 0,
  refused: 0,
  isSilent: false,
};

export const NO_FAULTS: ServiceFaults = {
  skewMs: 0,
  api: NO_API_FAULTS,
  delivery: NO_DELIVERY_FAULTS,
  killed: { consumer: 0, webhook: 0, poller: 0 },
};
