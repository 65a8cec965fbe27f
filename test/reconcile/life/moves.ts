import type { Trap } from './environment.ts';
import type { Fault } from './replies.ts';
import type { Computing } from './truth.ts';

/** How an event names what it is about. */
export interface Naming {
  readonly book: 'uuid' | 'pk' | 'both' | 'none';
  readonly document: 'uuid' | 'pk' | 'both';
  readonly isWrongAccount: boolean;
}

/** How Ocrolus delivers an event. */
export interface Delivering {
  readonly naming: Naming;
  readonly copies: number;
  readonly lateSeconds: number;
}

/** One thing that happens. `book` and `document` count round what there is. */
export type Move =
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'live'; readonly hours: number }
  | { readonly do: 'poll' }
  | { readonly do: 'consume'; readonly most: number; readonly isTwice: boolean }
  | { readonly do: 'step'; readonly count: number }
  | { readonly do: 'trap'; readonly trap: Trap }
  | {
      readonly do: 'fault';
      readonly operation: string;
      readonly reply: Fault['reply'];
      readonly hours: number;
    }
  | {
      readonly do: 'add';
      readonly book: number;
      readonly shape: 'document' | 'mixed' | 'mixed-by-pk' | 'of-group';
      readonly isAbsentFromDetect: boolean;
    }
  | {
      readonly do: 'document';
      readonly book: number;
      readonly document: number;
      readonly status: string;
      readonly how: Computing;
      readonly event: Delivering | undefined;
    }
  | {
      readonly do: 'list';
      readonly book: number;
      readonly document: number;
      readonly isListed: boolean;
      readonly how: Computing;
    }
  | {
      readonly do: 'book';
      readonly book: number;
      readonly status: string;
      readonly how: Computing;
      readonly event: Delivering | undefined;
    }
  | {
      readonly do: 'finish';
      readonly book: number;
      readonly how: Computing;
      readonly event: Delivering | undefined;
    }
  | { readonly do: 'partial'; readonly book: number; readonly isPartial: boolean }
  /** Ocrolus computes something again, and announces it. */
  | {
      readonly do: 'edit';
      readonly book: number;
      readonly document: number;
      readonly event: string;
      readonly how: Computing;
      readonly delivering: Delivering;
    }
  /** Something is announced that has not changed. */
  | {
      readonly do: 'event';
      readonly book: number;
      readonly document: number;
      readonly event: string;
      readonly delivering: Delivering;
    };

export interface Life {
  readonly books: number;
  readonly isDiscovering: boolean;
  readonly owner: 'default' | 'other';
  readonly disabled: readonly string[];
  readonly always: readonly string[];
  readonly order: number;
  readonly moves: readonly Move[];
  /** Whether all of it is finished at the end. */
  readonly ends: boolean;
}
