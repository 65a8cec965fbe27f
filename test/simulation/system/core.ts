import type { SQSRecord } from 'aws-lambda';
import type { ReplyState } from '../../../infra/local/ocrolus/model/reply.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { Disturbances } from '../faults/disturbances.ts';
import type { Simulation } from '../kernel/actors.ts';
import type { BodyStore } from '../kernel/bodies.ts';
import type { MemoryQueues } from '../kernel/queue/memory-queue.ts';
import type { Message } from '../kernel/queue/messages.ts';
import type { Random } from '../kernel/random.ts';
import type { MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import type { SimulatedDelivery } from '../ocrolus/life/script.ts';
import type { SimulatedCall, SimulatedOcrolus } from '../ocrolus/ocrolus.ts';
import type { Switch } from '../world/switches.ts';
import type { Published } from './publisher.ts';
import type { Deployments, Pauses } from './settings.ts';

/** What all parts of the simulated system share. */
export interface Core {
  readonly simulation: Simulation;
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
  /** Books with an item that is damaged at present, or for good. */
  readonly damaged: Map<string, { readonly from: number; readonly until: number }>;
  /** What is deployed. */
  readonly deployments: Deployments;
  /** Channels that an operator has stopped. */
  readonly pauses: Pauses;
  /** What makes results late, and when. */
  readonly disturbances: Disturbances;
  /** Environments that have died. */
  readonly kills: { count: number };
}

/** The time in which things go wrong. */
export interface FaultPhase {
  /** Unix milliseconds. */
  readonly startAt: number;
  readonly quietAt: number;
  readonly random: Random;
  readonly switches: ReadonlySet<Switch>;
}

/** What the invariants receive; it may be set after the system is built. */
export interface CoreListeners {
  /** Every line that a function logs. */
  line?: (actor: string, text: string) => void;
  /** Every call that Ocrolus has answered, whether or not the answer arrives. */
  call?: (path: string, status: number) => void;
  /** Every request to Ocrolus at the moment when it is sent. */
  send?: (path: string) => void;
  /** Every call that Ocrolus understands, unless a fault answers it. */
  understood?: (call: SimulatedCall, state: ReplyState) => void;
  /** Ocrolus has refused a call because there were too many within a second. */
  refused?: () => void;
  /** Ocrolus shows something else of a book, or another result. */
  shown?: (bookUuid: string) => void;
  /** A consumer has received messages. */
  received?: (records: readonly SQSRecord[]) => void;
  /** A consumer has processed messages, or died. */
  processed?: (batch: ProcessedBatch) => void;
  /** An operator has made the books of an account's list due. @param startedAt Unix milliseconds. */
  backfilled?: (account: string, startedAt: number) => void;
  /** An item of a book is damaged. @param until Unix milliseconds; infinite for good. */
  damaged?: (bookUuid: string, from: number, until: number) => void;
  /** The product publishes a change. */
  published?: (event: Published) => void;
  /** A message has become a dead letter. */
  dead?: (message: Readonly<Message>) => void;
  /** Ocrolus has sent a delivery. */
  attempt?: (attempt: Attempt) => void;
}

/** What the webhook answered, and what it put into a queue. */
export interface Posted {
  readonly statusCode: number;
  readonly envelope: Envelope | undefined;
}

/** The outcome of one attempt to deliver. */
export interface Attempt {
  readonly delivery: SimulatedDelivery;
  readonly account: string;
  readonly status: number;
  readonly posted: Posted | undefined;
}

/** What became of a batch of messages. */
export interface ProcessedBatch {
  readonly records: readonly SQSRecord[];
  /** Ids of the messages that will be received again; `undefined`: the environment has died. */
  readonly failed: ReadonlySet<string> | undefined;
}

/** Probabilities, unless stated otherwise. */
export const NO_FAULTS = {
  /** An environment that starts has a clock that is wrong by up to so many milliseconds. */
  skewMs: 0,
  api: {
    serverError: 0,
    html: 0,
    empty: 0,
    truncated: 0,
    throttled: 0,
    /** The token is no longer valid. */
    expiredToken: 0,
  },
  delivery: {
    lost: 0,
    duplicated: 0,
    /** Up to some minutes late. */
    delayed: 0,
    /** Up to some days late, signed when it is sent. */
    late: 0,
    /** Sent to the webhook of another account. */
    wrongAccount: 0,
    /** The answer of the webhook does not arrive: Ocrolus sends it again. */
    answerLost: 0,
    /** Ocrolus learns nothing: API Gateway answers 503. */
    refused: 0,
    /** Nothing is announced. */
    isSilent: false,
  },
  /** Per invocation. */
  killed: { consumer: 0, webhook: 0, poller: 0 },
};

export type ServiceFaults = Readonly<typeof NO_FAULTS>;
